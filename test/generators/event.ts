/** Random events that aim at a bundle: mostly built to satisfy one of its rules, then changed a little. */
import type { NormalForm, NormalPolicy, NormalRule } from '../../vm/bundle/normal.ts';
import type { Event, Value } from '../../vm/event/event.ts';
import { FIELDS, KINDS, type FieldSpec } from '../../vm/spec/index.ts';
import { carries, type Focus } from './expression.ts';
import type { Random } from './random.ts';
import { Aim } from './satisfy.ts';
import { aimAtScope } from './workload.ts';
import { FIELD_BY_ID, LABEL_KEYS, nearMiss, randomAddress, randomFlags, randomInt, randomString } from './values.ts';

export function randomValue(r: Random, field: FieldSpec): Value {
  switch (field.type) {
    case 'string':
      return randomString(r, field.id);
    case 'int':
    case 'uint':
      return randomInt(r, field.type === 'uint');
    case 'bool':
      return r.chance(0.5);
    case 'address':
      return randomAddress(r);
    case 'flags':
      return randomFlags(r, field.id);
    case 'list':
      return r.list(r.below(5), () => randomString(r, field.id));
    case 'map': {
      const keys = LABEL_KEYS.filter(() => r.chance(0.3));
      return keys.flatMap((key) => [key, randomString(r, field.id)]);
    }
  }
}

/** One small change of what an event has: a field gone, a near miss, another value. */
function disturb(r: Random, values: Map<number, Value>): void {
  const field = r.pick([...values.keys()]);
  if (field === undefined) return;
  const value = values.get(field);
  const spec = FIELDS.find((f) => f.id === field);
  if (value === undefined || spec === undefined || r.chance(0.3)) values.delete(field);
  else if (spec.type === 'string' && typeof value === 'string' && r.chance(0.8)) values.set(field, nearMiss(r, value));
  else if (Array.isArray(value) && spec.type === 'list' && r.chance(0.6)) values.set(field, value.slice(1));
  else if (typeof value === 'bigint' && spec.type !== 'flags' && value > 1n && r.chance(0.5))
    values.set(field, value - 1n);
  else values.set(field, randomValue(r, spec));
}

const listBytes = (items: readonly string[]): number =>
  items.reduce((sum, item) => sum + 4 + ((item.length + 3) & ~3), 4);

/** Cut what is longer than its field holds. */
function fit(values: Map<number, Value>): void {
  for (const [id, value] of values) {
    const field = FIELD_BY_ID.get(id);
    if (field === undefined) throw new Error(`BUG: no field ${id}`);
    if (typeof value === 'string') {
      if (value.length > field.max) values.set(id, value.slice(0, field.max));
    } else if (typeof value === 'object') {
      let items = value;
      while (listBytes(items) > field.max) items = items.slice(0, field.type === 'map' ? -2 : -1);
      if (items !== value) values.set(id, items);
    }
  }
}

interface Target {
  readonly policy: NormalPolicy;
  readonly rule: NormalRule;
}

/** Rules by kind, so that an event can be aimed at one of them. */
export class EventSource {
  private readonly targets: Target[];
  private readonly policies: readonly NormalPolicy[];

  constructor(
    private readonly r: Random,
    normal: NormalForm,
    private readonly focus: Focus,
  ) {
    this.targets = normal.policies.flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })));
    this.policies = normal.policies;
  }

  next(): Event {
    const { r } = this;
    const target = this.targets.length > 0 && r.chance(0.85) ? r.pick(this.targets) : null;
    const kind = r.chance(0.95) ? r.pick(target?.rule.kinds ?? this.focus.kinds) : r.pick(KINDS).id;
    const time = r.chance(0.8) ? BigInt(r.next()) * 1_000_000_000n + 1n : undefined;
    const aim = new Aim(r, this.focus, time);
    this.background(aim.values, kind);
    const policy = target?.policy ?? (this.policies.length > 0 ? r.pick(this.policies) : null);
    if (policy !== null && r.chance(0.85)) aimAtScope(r, policy.scope, aim.values);
    if (target !== null) {
      for (const but of target.rule.unless) aim.at(but.when, r.chance(0.2));
      aim.at(target.rule.when, r.chance(0.9));
    }
    for (let n = r.pick([0, 0, 1, 2]); n > 0; n--) disturb(r, aim.values);
    fit(aim.values);
    return { kind, time, values: aim.values };
  }

  /** Values beside the aimed ones: mostly of fields that rules look at. */
  private background(values: Map<number, Value>, kind: number): void {
    const { r } = this;
    const density = r.pick([0.1, 0.5, 0.9]);
    for (const field of this.focus.fields) {
      if (field.name === 'event.kind' || field.name === 'event.time') continue;
      if ((carries(kind, field) || r.chance(0.02)) && r.chance(density)) values.set(field.id, randomValue(r, field));
    }
    for (let n = r.below(3); n > 0; n--) {
      const field = r.pick(FIELDS);
      if (field.name !== 'event.kind' && field.name !== 'event.time' && carries(kind, field))
        values.set(field.id, randomValue(r, field));
    }
  }
}
