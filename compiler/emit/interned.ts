/** Numbers of things that are equal by their content: a hash table without strings as keys. */

/** Combines one more number with a hash. */
export const combine = (hash: number, value: number): number => Math.imul(hash ^ value, 0x9e3779b1) ^ (hash >>> 15);

export class Interned {
  #hashes = new Int32Array(64);
  #ids = new Int32Array(64).fill(-1);
  #count = 0;

  /**
   * @param same whether the thing of an id is the one looked for
   * @param make makes the thing and says its id
   * @returns the id of the thing
   */
  id(hash: number, same: (id: number) => boolean, make: () => number): number {
    const mask = this.#ids.length - 1;
    let i = (hash ^ (hash >>> 16)) & mask;
    for (; this.#ids[i] >= 0; i = (i + 1) & mask) {
      if (this.#hashes[i] === (hash | 0) && same(this.#ids[i])) return this.#ids[i];
    }
    const id = make();
    this.#hashes[i] = hash;
    this.#ids[i] = id;
    if (++this.#count * 2 > this.#ids.length) this.#grow();
    return id;
  }

  #grow(): void {
    const [hashes, ids] = [this.#hashes, this.#ids];
    const mask = ids.length * 2 - 1;
    this.#hashes = new Int32Array(mask + 1);
    this.#ids = new Int32Array(mask + 1).fill(-1);
    for (let from = 0; from < ids.length; from++) {
      if (ids[from] < 0) continue;
      let i = (hashes[from] ^ (hashes[from] >>> 16)) & mask;
      while (this.#ids[i] >= 0) i = (i + 1) & mask;
      this.#hashes[i] = hashes[from];
      this.#ids[i] = ids[from];
    }
  }
}
