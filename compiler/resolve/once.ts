/** What follows from one object alone, found out once: it lives as long as the object. */

/** @param make a pure function of the object, which nobody changes */
export function onceFor<K extends object, V extends NonNullable<unknown> | null>(make: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>();
  return (of) => {
    let value = known.get(of);
    if (value === undefined) known.set(of, (value = make(of)));
    return value;
  };
}
