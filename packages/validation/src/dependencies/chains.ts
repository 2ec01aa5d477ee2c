/** How a package is reached: whether the project asks for it itself, and through which others. */
export interface Reach {
  readonly isDirect: boolean
  readonly chain: readonly string[]
}

/** Chains longer than this are shown by their ends. */
const maximumChain = 12

/**
 * The shortest way to each package from those that the project names. What no way leads to (the file says nothing of the
 * project's own) is direct when nothing asks for it.
 */
export const findChains = (options: {
  readonly keys: Iterable<string>
  readonly roots: Iterable<string>
  requiredBy(key: string): Iterable<string>
  nameOf(key: string): string
}): ((key: string) => Reach) => {
  const known = new Set(options.keys)
  const parents = new Map<string, string | undefined>()
  const spread = (roots: Iterable<string>): void => {
    const waiting = [...roots].filter((key) => known.has(key) && !parents.has(key))
    for (const root of waiting) parents.set(root, undefined)
    for (const key of waiting) {
      for (const required of options.requiredBy(key)) {
        if (!known.has(required) || parents.has(required)) continue
        parents.set(required, key)
        waiting.push(required)
      }
    }
  }
  spread(options.roots)
  if (parents.size === 0) {
    const required = new Set([...known].flatMap((key) => [...options.requiredBy(key)]))
    spread([...known].filter((key) => !required.has(key)))
  }
  return (key) => {
    const chain: string[] = []
    for (let at: string | undefined = key; at !== undefined && chain.length < maximumChain; at = parents.get(at)) {
      chain.unshift(options.nameOf(at))
    }
    return { isDirect: parents.has(key) && parents.get(key) === undefined, chain }
  }
}
