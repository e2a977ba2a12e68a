/** The one function of @babel/code-frame that is used here; the package ships no types. */
declare module '@babel/code-frame' {
  interface Place {
    line: number;
    column?: number;
  }
  export function codeFrameColumns(
    text: string,
    location: { start: Place; end?: Place },
    options?: { startLine?: number; linesAbove?: number; linesBelow?: number; message?: string },
  ): string;
}
