import { isNootropicError, type Signature } from '@nootropic/core'
import { onnxSignature, readOnnxFile } from '@nootropic/core/formats'
import { type Mapping, mappingOf } from '../dependencies/document.ts'
import { type ModelCard, modelCardNames, parseModelCard } from '../privacy/model-card.ts'
import { readYaml } from '../scan/configuration/yaml-reader.ts'
import { type ModelFiles, readModelText } from './model-files.ts'

/** Cards are a screen long, the largest front matter lists every benchmark result (CWE-770). */
const maximumTextBytes = 2 ** 20

/** Graphs of one model, such as an encoder and a decoder; each is read (CWE-400). */
const maximumGraphs = 16

/** What the files of a model say of it. */
export interface ModelFacts {
  /** The front matter of the model card, as the Hugging Face hub defines it. */
  readonly card: Mapping
  readonly sections: ModelCard['sections']
  /** `config.json` of the transformers library. */
  readonly configuration: Mapping
  readonly graphs: readonly { readonly path: string; readonly signature: Signature }[]
  /** What could not be read. */
  readonly problems: readonly string[]
}

const reasonOf = (error: unknown): string => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown')

/** The YAML between the two `---` at the start of a card. */
const frontMatterOf = (text: string, name: string, problems: string[]): Mapping => {
  const [, yaml] = /^\uFEFF?---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)/s.exec(text) ?? []
  if (yaml === undefined) return {}
  const { documents, error, unread, isBomb, isTooDeep } = readYaml(yaml)
  const problem = error ?? unread ?? (isBomb ? 'too many aliases' : isTooDeep ? 'too many levels' : undefined)
  if (problem !== undefined) problems.push(`${name}: front matter is not read: ${problem}`)
  return problem === undefined ? mappingOf(documents[0]) : {}
}

const parseConfiguration = (text: string, problems: string[]): Mapping => {
  try {
    return text === '' ? {} : mappingOf(JSON.parse(text))
  } catch (error) {
    problems.push(`config.json: ${reasonOf(error)}`)
    return {}
  }
}

/** Reads what the files of a model say of it. What cannot be read is a problem, not an error: the files are listed. */
export const readModelFacts = async (model: ModelFiles): Promise<ModelFacts> => {
  const problems: string[] = []
  const textOf = async (name: string): Promise<string> => {
    const file = model.files.find(({ path }) => path === name)
    if (file === undefined) return ''
    if (file.size <= maximumTextBytes) return readModelText(file.location, file.digest)
    problems.push(`${name} is not read: more than ${maximumTextBytes} bytes`)
    return ''
  }
  const cards: { name: string; text: string }[] = []
  for (const name of modelCardNames) cards.push({ name, text: await textOf(name) })
  // A card may stand beside the README that holds the front matter.
  const fronts = cards.map(({ name, text }) => frontMatterOf(text, name, problems))
  const graphFiles = model.files.filter(({ path }) => path.toLowerCase().endsWith('.onnx'))
  if (graphFiles.length > maximumGraphs) problems.push(`only ${maximumGraphs} of ${graphFiles.length} graphs were read`)
  const graphs: { path: string; signature: Signature }[] = []
  for (const { path, location } of graphFiles.slice(0, maximumGraphs)) {
    try {
      graphs.push({ path, signature: onnxSignature(await readOnnxFile(location)) })
    } catch (error) {
      if (!isNootropicError(error)) throw error
      problems.push(`${path}: its inputs and outputs are not known: ${reasonOf(error)}`)
    }
  }
  return {
    card: fronts.find((front) => Object.keys(front).length > 0) ?? {},
    sections: parseModelCard(cards.find(({ text }) => text !== '')?.text ?? '').sections,
    configuration: parseConfiguration(await textOf('config.json'), problems),
    graphs,
    problems,
  }
}
