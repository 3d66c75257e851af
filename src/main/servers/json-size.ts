/** How much of a JSON value is taken. */
export interface JsonBounds {
  /** Levels of nesting. */
  readonly depth: number;
  /** Characters of names and strings; any other value counts as one. */
  readonly characters: number;
}

/**
 * The size of a JSON value in characters of names and strings, any other value as one; null when it is
 * beyond the bounds. Looks at no more than the bounds allow, and nesting costs no stack.
 */
export function jsonSize(value: unknown, bounds: JsonBounds): number | null {
  let size = 0;
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value: current, depth } = next;
    size += typeof current === 'string' ? current.length : 1;
    if (typeof current === 'object' && current !== null) {
      // Bytes are no JSON value, and going through them would first list every index.
      if (depth > bounds.depth || ArrayBuffer.isView(current)) return null;
      if (Array.isArray(current)) {
        if (size + current.length > bounds.characters) return null;
        for (const item of current) open.push({ value: item, depth: depth + 1 });
      } else {
        for (const name in current) {
          size += name.length;
          if (size > bounds.characters) return null;
          open.push({ value: (current as Record<string, unknown>)[name], depth: depth + 1 });
        }
      }
    }
    if (size > bounds.characters) return null;
  }
  return size;
}
