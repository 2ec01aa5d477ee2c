import type { Embedding, TokenTarget } from './tokens.ts'

/** Which tokens may stand in place of another. */
export type TokenCandidates = TokenTarget['candidates']

/**
 * Any token in place of any other: the strongest attack, and the one that keeps the least of the meaning.
 *
 * @param except tokens that neither go nor come, such as padding and the marks of begin and end.
 */
export const anyToken = (vocabulary: number, except: readonly number[] = []): TokenCandidates => {
  const kept = new Set(except)
  const all = Array.from({ length: vocabulary }, (_, token) => token).filter((token) => !kept.has(token))
  return (_, token) => (kept.has(token) ? [] : all)
}

/** Tokens of the same group in place of each other, such as a dictionary's synonyms. */
export const synonyms = (groups: readonly (readonly number[])[]): TokenCandidates => {
  const known = new Map<number, Set<number>>()
  for (const group of groups) {
    for (const token of group) known.set(token, new Set([...(known.get(token) ?? []), ...group]))
  }
  return (_, token) => [...(known.get(token) ?? [])].filter((other) => other !== token)
}

/**
 * The tokens whose embeddings point most nearly the same way, as TextFooler has it (Jin et al. 2020, arXiv 1907.11932). In
 * an embedding that was trained for one task alone, near does not mean alike: give one that was made for similarity.
 *
 * @param options.count how many at most; `leastCosine` how near at least; `except` tokens that neither go nor come.
 */
export const nearestTokens = (
  { width, values }: Embedding,
  options: { readonly count: number; readonly leastCosine?: number; readonly except?: readonly number[] },
): TokenCandidates => {
  const { count, leastCosine = 0.5 } = options
  const kept = new Set(options.except)
  const total = Math.floor(values.length / width)
  const inner = (left: number, right: number): number => {
    let sum = 0
    for (let index = 0; index < width; index += 1)
      sum += (values[left * width + index] ?? 0) * (values[right * width + index] ?? 0)
    return sum
  }
  const found = new Map<number, readonly number[]>()
  const lookUp = (token: number): readonly number[] =>
    Array.from({ length: total }, (_, other) => other)
      .filter((other) => other !== token && !kept.has(other))
      .map((other) => ({ other, cosine: inner(token, other) / Math.sqrt(inner(token, token) * inner(other, other)) }))
      .filter(({ cosine }) => cosine >= leastCosine)
      .sort((left, right) => right.cosine - left.cosine || left.other - right.other)
      .slice(0, count)
      .map(({ other }) => other)
  return (_, token) => {
    if (kept.has(token)) return []
    const known = found.get(token) ?? lookUp(token)
    found.set(token, known)
    return known
  }
}
