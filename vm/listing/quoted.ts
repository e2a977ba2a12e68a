/** A text as it is printed: in quotes, bytes that are not printable ASCII as escapes. */
export const quoted = (latin1: string): string => {
  const printable = latin1.replace(/[^\x20-\x7e]|["\\]/g, (c) =>
    c === '"' || c === '\\' ? `\\${c}` : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${printable}"`;
};
