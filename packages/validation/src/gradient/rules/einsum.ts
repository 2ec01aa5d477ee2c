import { textAttribute } from '../attributes.ts'
import type { Refusal, ReverseRule, ReverseStep } from '../rule.ts'

/** The labels of each operand's axes and of the output's. */
interface Subscripts {
  readonly operands: readonly string[]
  readonly output: string
}

const spareLabels = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const hasRepetition = (labels: string): boolean => new Set(labels).size < labels.length

/** Labels in the order of the alphabet that occur once: the output of an equation that names none. */
const impliedOutput = (operands: readonly string[]): string => {
  const all = operands.join('').replaceAll('...', '')
  const single = [...all].filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort()
  return `${operands.some((labels) => labels.includes('...')) ? '...' : ''}${single.join('')}`
}

/** The equation, with a spare label for each axis that an ellipsis stands for. */
const subscriptsOf = ({ node, input, shape }: ReverseStep): Subscripts | Refusal => {
  const [left = '', right] = textAttribute(node, 'equation', '').replaceAll(' ', '').split('->')
  const given = left.split(',')
  const free = spareLabels.filter((label) => !left.includes(label))
  const ranks = given.map((labels, index) => shape(input(index)).length - labels.replace('...', '').length)
  const ellipses = given.flatMap((labels, index) => (labels.includes('...') ? [ranks[index] ?? 0] : []))
  const rank = Math.max(0, ...ellipses)
  if (rank > free.length) return { refused: 'more axes than labels' }
  // Shorter ellipses are aligned at their end, as all broadcasting is.
  const explicit = (labels: string, length: number): string =>
    labels.replace('...', free.slice(rank - length, rank).join(''))
  return {
    operands: given.map((labels, index) => explicit(labels, ranks[index] ?? 0)),
    output: explicit(right ?? impliedOutput(given), rank),
  }
}

/**
 * y = a sum of products: the slope of one operand is the same kind of sum over the slope and all other operands. Axes
 * that only the one operand has were summed over, and get the slope everywhere.
 */
export const reverseEinsum: ReverseRule = (step) => {
  const { slope, input, wants, shape, output, graph } = step
  const subscripts = subscriptsOf(step)
  if ('refused' in subscripts) return subscripts
  const { operands } = subscripts
  if ([...operands, subscripts.output].some(hasRepetition)) return { refused: 'a diagonal' }
  const lengths = new Map<string, number>()
  const measure = (labels: string, dims: readonly number[]): void => {
    for (const [axis, label] of [...labels].entries()) {
      lengths.set(label, Math.max(lengths.get(label) ?? 1, dims[axis] ?? 1))
    }
  }
  for (const [index, labels] of operands.entries()) measure(labels, shape(input(index)))
  measure(subscripts.output, shape(output))
  return operands.map((labels, index) => {
    if (!wants(index)) return undefined
    const others = operands.flatMap((other, place) => (place === index ? [] : [{ labels: other, name: input(place) }]))
    const sources = [{ labels: subscripts.output, name: slope }, ...others]
    const present = [...labels].filter((label) => sources.some((source) => source.labels.includes(label)))
    const equation = `${sources.map((source) => source.labels)}->${present.join('')}`
    const product = graph.add(
      'Einsum',
      sources.map(({ name }) => name),
      { equation },
    )
    const dims = shape(input(index))
    const broadcast = present.map((label) => lengths.get(label) ?? 1)
    const own = present.map((label) => dims[labels.indexOf(label)] ?? 1)
    const summed = graph.sumToShape(product, broadcast, own)
    const absent = [...labels].flatMap((label, axis) => (present.includes(label) ? [] : [axis]))
    if (absent.length === 0) return summed
    return graph.add('Expand', [graph.unsqueeze(summed, absent), graph.add('Shape', [input(index)])])
  })
}
