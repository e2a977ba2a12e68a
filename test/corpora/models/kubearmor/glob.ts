/**
 * AppArmor's globbing, which KubeArmor's `matchPatterns` are documented to be (AppArmor Core Policy Reference, "Globbing"):
 * `*` within a component, `**` over components, `?` one character but `/`, `[abc]`, `[^a]`, `{a,b}`. A star that is a whole
 * component stands for at least one character.
 */
export const globMatches = (glob: string, path: string): boolean => {
  let depth = 0;
  const pattern = glob.replace(/\\.|\*\*|\*|\?|\[\^?[^\]]*\]|[{},]|[^\\*?[{},]/gs, (token, at: number) => {
    depth += Number(token === '{') - Number(token === '}');
    if (token === ',' && depth > 0) return '|';
    return translated(token, glob.slice(0, at).endsWith('/') && /^(\/|$)/.test(glob.slice(at + token.length)));
  });
  return new RegExp(`^(?:${pattern})$`, 's').test(path);
};

/** @param alone the token fills the place between two slashes */
const translated = (token: string, alone: boolean): string => {
  if (token === '**') return alone ? '[^/].*' : '.*';
  if (token === '*') return alone ? '[^/]+' : '[^/]*';
  if (token === '?') return '[^/]';
  if (token === '{') return '(?:';
  if (token === '}') return ')';
  if (token.startsWith('[')) return `(?!/)${token}`;
  return token.replace(/^\\(.)$/s, '$1').replace(/[.+^$()|[\]\\/{}*?]/g, '\\$&');
};

/** @returns a path that the glob matches, with `word` where it stands for something */
export const globSample = (glob: string, word: string): string =>
  glob
    .replace(/\{([^,}]*)[^}]*\}/g, '$1')
    .replace(/\[([^\]^])[^\]]*\]/g, '$1')
    .replace(/\*\*/g, `${word}/${word}`)
    .replace(/\*/g, word)
    .replace(/\?/g, 'q');
