import { dirname, resolve } from 'node:path'
import { isNootropicError, NootropicError, type Tensor, type TensorSpec } from '@nootropic/core'
import { type ModelPackage, modelBytes, onnxSignature, readOnnx } from '@nootropic/core/formats'
import type { Dataset } from '@nootropic/validation'
import { type DatasetDeclaration, readDataset } from '@nootropic/validation/data'
import { z } from 'zod'
import { type Invocation, type OptionDescription, type Streams, textOption } from '../verb.ts'
import { parseDataset } from './dataset-json.ts'
import { parseJson } from './parse-json.ts'
import { readText } from './read-text.ts'

const range = z.tuple([z.number(), z.number()])

const declarationSchema = z.strictObject({
  classes: z.int().positive().optional(),
  classNames: z.array(z.string()).min(1).optional(),
  labels: z.string().optional(),
  arrays: z.strictObject({ inputs: z.string().optional(), labels: z.string().optional() }).optional(),
  shape: z.array(z.int().positive()).optional(),
  domain: range.optional(),
  fileLayout: z.enum(['nchw', 'nhwc']).optional(),
  preprocessing: z
    .strictObject({
      size: z.strictObject({ width: z.int().positive(), height: z.int().positive() }).optional(),
      channels: z.enum(['rgb', 'bgr', 'grey']).optional(),
      layout: z.enum(['nchw', 'nhwc']).optional(),
      scale: range.optional(),
      normalise: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) }).optional(),
    })
    .optional(),
})

/** The options that say how data on disk become inputs. */
export const dataOptions: Readonly<Record<string, OptionDescription>> = {
  labels: {
    type: 'string',
    value: 'FILE',
    description: 'the true classes: .npy, .json, .csv, or text with one a line',
  },
  domain: {
    type: 'string',
    value: 'LEAST,GREATEST',
    description: 'the least and the greatest value in the data, where their format does not say: 0,1',
  },
  declaration: {
    type: 'string',
    value: 'FILE',
    description: 'how the data become inputs, JSON: { preprocessing: { size, channels, layout, scale, normalise }, … }',
  },
}

/** What can be given where examples are asked for. */
export const dataKinds = 'a folder of pictures, .npy, .npz, JSON Lines, JSON or IDX'

/** Examples that are read where nobody says how many: enough for figures, little enough to hold. */
const defaultLimit = 2000

const declaredDomain = (text: string): [number, number] => {
  const [least, greatest, ...others] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (least !== undefined && greatest !== undefined && others.length === 0 && least < greatest) return [least, greatest]
  throw new NootropicError('USAGE', `expected --domain to be LEAST,GREATEST, such as 0,1, got "${text}"`)
}

/** Without what was left out: a declaration tells that apart from what is undefined. */
const present = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>
  }

const readDeclaration = async (invocation: Invocation, streams: Streams): Promise<DatasetDeclaration> => {
  const path = textOption(invocation, 'declaration')
  const domain = textOption(invocation, 'domain')
  const labels = textOption(invocation, 'labels')
  const own = {
    ...(domain === undefined ? {} : { domain: declaredDomain(domain) }),
    ...(labels === undefined ? {} : { labels: resolve(streams.directory, labels) }),
  }
  if (path === undefined) return own
  const text = await readText('declaration', path, streams)
  const declared = parseJson(declarationSchema, text, { path, expected: 'a declaration of data', code: 'USAGE' })
  const { arrays, preprocessing, labels: beside, ...others } = declared
  return {
    ...present(others),
    ...(arrays === undefined ? {} : { arrays: present(arrays) }),
    ...(preprocessing === undefined ? {} : { preprocessing: present(preprocessing) }),
    // A path in a file is relative to the file.
    ...(beside === undefined ? {} : { labels: resolve(streams.directory, dirname(path), beside) }),
    ...own,
  } as DatasetDeclaration
}

/** The input of a model that is examined: the first whose values nobody gave. */
const examinedInput = (model: ModelPackage, fixed: Readonly<Record<string, Tensor>>): TensorSpec | undefined => {
  try {
    const { inputs } = onnxSignature(readOnnx(modelBytes(model).main))
    return inputs.find(({ name }) => !Object.hasOwn(fixed, name))
  } catch (error) {
    // What is wrong with the model is for the scan to say.
    if (isNootropicError(error)) return undefined
    throw error
  }
}

/** Whether a JSON text is a tensor with its type and shape, as `register --data` takes it. */
const isTensorText = (text: string): boolean => /"inputs"\s*:\s*\{/.test(text)

/** What examples are read for. */
export interface ExamplesFor {
  readonly model: ModelPackage
  readonly fixed?: Readonly<Record<string, Tensor>> | undefined
  /** Examples at most. */
  readonly limit?: number | undefined
  readonly seed?: number | undefined
}

/** The examples that an option names; what must be known of them goes to the diagnostics. @throws NootropicError what `readDataset` does */
export const readExamples = async (
  option: string,
  invocation: Invocation,
  streams: Streams,
  { model, fixed = {}, limit = defaultLimit, seed }: ExamplesFor,
): Promise<Dataset | undefined> => {
  const typed = textOption(invocation, option)
  if (typed === undefined) return undefined
  if (typed.toLowerCase().endsWith('.json')) {
    const text = await readText(option, typed, streams)
    if (isTensorText(text)) return parseDataset(text, typed)
  }
  const input = examinedInput(model, fixed)
  const { notes, classNames, available, ...dataset } = await readDataset(resolve(streams.directory, typed), {
    limit,
    ...(seed === undefined ? {} : { seed }),
    ...(input === undefined ? {} : { input }),
    ...(await readDeclaration(invocation, streams)),
  })
  for (const note of notes) streams.diagnostics(`nootropic: --${option}: ${note}\n`)
  return dataset
}
