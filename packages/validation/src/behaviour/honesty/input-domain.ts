import type { Sighting } from '../../scan/rule.ts'
import { isInDomain } from '../attacks/objective.ts'
import type { Dataset, FloatTensor } from '../dataset.ts'
import { floatArray } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { type Observation, percent, type Unchecked } from './observation.ts'
import { honestyRules } from './rules.ts'

/** How values of 0 to 1 are brought into the form that a model was trained on. */
interface Scaling {
  readonly name: string
  /** Channels that it is for; any where it is left out. */
  readonly channels?: number
  /** Whether the channels are taken from the last to the first. */
  readonly isSwapped?: boolean
  scale(value: number, channel: number): number
}

const normalised =
  (means: readonly number[], deviations: readonly number[]) =>
  (value: number, channel: number): number =>
    (value - (means[channel] ?? 0)) / (deviations[channel] ?? 1)

/** The published statistics of the training sets, a channel each. */
const statistics = {
  mnist: normalised([0.1307], [0.3081]),
  cifar: normalised([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]),
  imageNet: normalised([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
}

/** Means of blue, green and red that Caffe's models subtract from pixels of 0 to 255. */
const caffeMeans = [103.939, 116.779, 123.68]

/** The scalings that models are usually trained with. */
const usualScalings: readonly Scaling[] = [
  { name: '0 to 1', scale: (value) => value },
  { name: '0 to 255', scale: (value) => 255 * value },
  { name: '-1 to 1', scale: (value) => 2 * value - 1 },
  { name: '-0.5 to 0.5', scale: (value) => value - 0.5 },
  { name: '-128 to 127', scale: (value) => 255 * value - 128 },
  { name: 'inverted, 1 to 0', scale: (value) => 1 - value },
  { name: 'the mean and deviation of MNIST', channels: 1, scale: statistics.mnist },
  { name: 'the means and deviations of CIFAR-10', channels: 3, scale: statistics.cifar },
  { name: 'the means and deviations of ImageNet', channels: 3, scale: statistics.imageNet },
  { name: '0 to 1 with blue first', channels: 3, isSwapped: true, scale: (value) => value },
  { name: '0 to 255 with blue first', channels: 3, isSwapped: true, scale: (value) => 255 * value },
  {
    name: '0 to 255 with blue first, less the means of Caffe',
    channels: 3,
    isSwapped: true,
    scale: (value, channel) => 255 * value - (caffeMeans[channel] ?? 0),
  },
]

/** Another scaling must mend at least this share of the answers, and so many examples, to be named. */
const leastGain = 0.15
const leastExamples = 20

/** Data that fill less of their domain than this are of another one: 1 of 255 is 0.004. */
const leastFilled = 1 / 16

/** Where the channels of a picture lie; one channel for all else. */
const channelsOf = (dims: readonly number[]): { readonly count: number; channel(place: number): number } => {
  const [, first = 1, ...rest] = dims
  const area = rest.reduce((product, dim) => product * dim, 1)
  const last = dims.at(-1) ?? 1
  if (dims.length === 4 && first <= 4) return { count: first, channel: (place) => Math.floor(place / area) % first }
  if (dims.length === 4 && last <= 4) return { count: last, channel: (place) => place % last }
  return { count: 1, channel: () => 0 }
}

const rescale = (inputs: FloatTensor, [least, greatest]: Dataset['domain'], scaling: Scaling): FloatTensor => {
  const width = rowLength(inputs)
  const { count, channel } = channelsOf(inputs.dims)
  const stride = inputs.dims[1] === count ? width / count : 1
  const data = floatArray(inputs.type, inputs.data.length)
  for (let index = 0; index < data.length; index += 1) {
    const to = channel(index % width)
    const from = scaling.isSwapped ? index + (count - 1 - 2 * to) * stride : index
    data[index] = scaling.scale(((inputs.data[from] ?? 0) - least) / (greatest - least), to)
  }
  return { ...inputs, data }
}

const rangeOf = ({ data }: FloatTensor): readonly [number, number] => {
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (const value of data) {
    least = Math.min(least, value)
    greatest = Math.max(greatest, value)
  }
  return [least, greatest]
}

const figure = (value: number): string => String(Number(value.toPrecision(3)))

/** Whether the data lie in the domain that they are said to have, and fill it. */
export const checkDeclaredDomain = (inputs: FloatTensor, domain: Dataset['domain']): Observation => {
  const found = rangeOf(inputs)
  const filled = (found[1] - found[0]) / (domain[1] - domain[0])
  const say = (expected: string): Sighting => ({
    rule: honestyRules['wrong-input-domain'],
    severity: 'medium',
    message: `expected data that ${expected} their domain ${domain.map(figure).join(' to ')}, found ${found.map(figure).join(' to ')}`,
    evidence: { least: found[0], greatest: found[1], domain: [...domain] },
  })
  const sightings = !isInDomain(inputs, domain) ? [say('lie in')] : filled < leastFilled ? [say('fill')] : []
  return { sightings, measurements: { domainFilled: filled } }
}

/**
 * Tries the usual scalings of pictures in the place of the given one and names the one by which clearly more answers are
 * right. Where none does and the answers are no better than one answer to everything, that is said.
 *
 * @param predict the classes that the model answers.
 */
export const checkInputDomain = async (
  predict: (inputs: FloatTensor) => Promise<readonly number[]>,
  data: Pick<Dataset, 'inputs' | 'labels' | 'domain'>,
): Promise<Observation | Unchecked> => {
  const declared = checkDeclaredDomain(data.inputs, data.domain)
  const { inputs, labels, domain } = data
  if (labels === undefined) {
    if (declared.sightings.length > 0) return declared
    return { unchecked: 'no labels: whether another scaling of the inputs gives more right answers cannot be told' }
  }
  if (labels.length < leastExamples) return { unchecked: `${labels.length} examples, ${leastExamples} are needed` }
  const accuracyOf = async (examples: FloatTensor): Promise<number> => {
    const answers = await predict(examples)
    return labels.filter((label, row) => answers[row] === label).length / labels.length
  }
  const clean = await accuracyOf(inputs)
  const real = isInDomain(inputs, domain) ? domain : rangeOf(inputs)
  const { count } = channelsOf(inputs.dims)
  let best: { readonly name: string; readonly accuracy: number } | undefined
  for (const scaling of usualScalings) {
    if (scaling.channels !== undefined && scaling.channels !== count) continue
    const accuracy = await accuracyOf(rescale(inputs, real, scaling))
    if (accuracy > (best?.accuracy ?? clean)) best = { name: scaling.name, accuracy }
  }
  const measurements = { ...declared.measurements, cleanAccuracy: clean, bestRescaledAccuracy: best?.accuracy ?? clean }
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const rightWithoutLooking = Math.max(...counts.values()) / labels.length
  const sightings = [...declared.sightings]
  if (best !== undefined && best.accuracy - clean >= leastGain) {
    sightings.push({
      rule: honestyRules['wrong-input-domain'],
      message: `expected the answers to be right as the inputs are, ${percent(clean)} are, and ${percent(best.accuracy)} with the inputs scaled to ${best.name}`,
      evidence: { clean, mended: best.accuracy, scaling: best.name },
    })
  } else if (counts.size > 1 && clean <= rightWithoutLooking) {
    sightings.push({
      rule: honestyRules['wrong-input-domain'],
      message: `expected more right answers than one answer to everything has, ${percent(clean)} are right and no usual scaling mends it: check labels and preprocessing`,
      evidence: { clean, rightWithoutLooking },
    })
  }
  return { sightings, measurements }
}
