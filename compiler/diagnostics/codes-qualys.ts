/** L54xx: what was written for Qualys CRS. */
import type { CatalogueEntry } from './catalogue.ts';

const warning = (title: string, text: string): CatalogueEntry & { severity: 'warning' } => ({
  title,
  severity: 'warning',
  text,
});

export const QUALYS_CODES = {
  L5401: warning(
    'parameter of another type of rule',
    'Network rules have an address and a port, File rules a file, Application rules a system call and its arguments. What does not belong to the type has no effect.',
  ),
  L5402: warning(
    'policy that names no image',
    'In Qualys CRS a policy is applied to instrumented images, which its document does not name. Without images it holds for all containers. ' +
      'Give it a list `images`, or name the images of all such policies with `--foreign qualys.images=…` (`*`: all, without this warning).',
  ),
  L5403: warning(
    'arguments of an execution as one text',
    'The second argument of `execve` is a list, and Qualys does not document how a rule is compared with it. ' +
      'It is compared with the arguments joined by one space, the program name first.',
  ),
  L5404: warning(
    'program that is a link',
    'Programs go by the file that is executed, symbolic links followed. A rule about `/bin/sh` as the program that acts finds a shell only ' +
      'where it was started under that very name, and a rule that lets it do something does not find it at all.',
  ),
  L5405: warning(
    'two policies for one image',
    'In Qualys CRS an image has one policy. Here both hold: the rules of the first come first, and of their defaults the stricter counts.',
  ),
} as const satisfies Record<string, CatalogueEntry>;
