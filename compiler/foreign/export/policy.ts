/** What all exporters do with policies: their names, their notes, and what none can say. */
import { diagnose } from '../../diagnostics/index.ts';
import type { ResolvedPolicy, ResolvedRule } from '../../resolve/index.ts';
import type { Report } from '../../schema/read.ts';
import { UniqueNames } from '../names.ts';

/** A policy that only observes has no counterpart. */
export function refuseMode({ mode, name, document }: ResolvedPolicy, title: string, report: Report): void {
  if (mode === 'enforce') return;
  const span = document.spec.mode.span;
  const help = 'let it enforce, with `audit` and `continue: true` where it is to note';
  report(diagnose('L5703', `${title} has no policies that only observe, like \`${name.value}\``, span, help));
}

/** The name of the policy that this one was imported from, where it is another: a part of it, or what names cannot have. */
export const originOf = ({ metadata }: ResolvedPolicy['document']): string | undefined =>
  metadata.annotations?.value.find(({ key }) => key.value === 'kubearmor.com/name')?.value.value;

/** Names as resources of Kubernetes have them (RFC 1123), each once. */
export class Naming {
  readonly #taken = new UniqueNames();

  /** @returns name and annotations */
  metadata(
    { name, document }: ResolvedPolicy,
    report: Report,
  ): { readonly name: string; readonly annotations?: object } {
    const wanted = originOf(document) ?? name.value;
    const fitting = wanted
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, '-')
      .split('.')
      .map((part) => part.replace(/^-+|-+$/g, ''))
      .filter((part) => part !== '')
      .join('.')
      .slice(0, 200)
      .replace(/[.-]+$/, '');
    const taken = this.#taken.take(fitting || 'policy');
    if (taken !== wanted) {
      report(
        diagnose('L5707', `\`${wanted}\` is called \`${taken}\` there`, name.span, 'resources have lower-case names'),
      );
    }
    const { description, annotations } = document.metadata;
    const own = (annotations?.value ?? []).filter(({ key }) => !key.value.startsWith('kubearmor.com/'));
    const all = {
      ...(description !== undefined && { description: description.value }),
      ...Object.fromEntries(own.map(({ key, value }) => [key.value, value.value])),
    };
    return { name: taken, ...(Object.keys(all).length > 0 && { annotations: all }) };
  }
}

/** Warns of what a rule says beside its decision and an entry cannot say. */
export function noteLost(rule: ResolvedRule, report: Report): void {
  if (rule.log === 'incident') {
    const help = 'what is noted there has no classes but the severity';
    report(diagnose('L5707', `\`log: incident\` of \`${rule.name.value}\` is left out`, rule.name.span, help));
  }
  if (rule.message !== null && /\{[A-Za-z_][A-Za-z0-9_]*\./.test(rule.message)) {
    const help = 'messages there are shown as they are';
    report(diagnose('L5707', `fields in the message of \`${rule.name.value}\` stay names`, rule.name.span, help));
  }
}
