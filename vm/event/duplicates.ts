/** Finds what `JSON.parse` does not tell: a key that stands twice in one object. */

const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")\s*(:?)|[{}]/g;

/**
 * @param json a text that `JSON.parse` accepts
 * @returns the first key that stands twice in an object, undefined if none does
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon) {
      const key = text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
