/** What is wrong with a file that somebody brought along, and where. */

export class BadInput extends Error {
  constructor(path: string, line: number, what: string) {
    super(`${path}:${line}: ${what}`);
    this.name = 'BadInput';
  }
}
