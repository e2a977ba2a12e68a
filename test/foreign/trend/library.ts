/** Stands for the library that ships: what its rules are about is not the matter here. */
export const LIBRARY = `
apiVersion: lictor.dev/v1
kind: Library
metadata: {name: predefined}
spec:
  rules:
    TM-00000001: {on: exec, when: 'proc.name = "one"', action: audit, continue: true}
    TM-00000002: {on: exec, when: 'proc.name in ("one", "two")', action: audit, continue: true}
    TM-00000003: {on: exec, when: 'proc.name in ("one", "three")', action: audit, continue: true}
`;
