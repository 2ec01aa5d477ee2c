import { type ClassLabels, numberChosenLabels, verifyLabels } from './class-labels.ts'
import { parseJson, withDataFile } from './data-file.ts'
import { type DatasetDeclaration, planReading } from './declaration.ts'
import { chooseLines, labelsOf, parseExample } from './json-lines.ts'
import { unfit } from './refusals.ts'

/** Texts to test a model of language with. */
export interface TextDataset extends Partial<ClassLabels> {
  readonly texts: readonly string[]
  /** Texts there are; `texts` holds as many as `limit` let in. */
  readonly available: number
}

/**
 * Reads texts: a JSON Lines file whose `input` is a text, or any other file with one text a line. Blank lines are none.
 *
 * @throws NootropicError `USAGE`, `FILE_UNREADABLE` or `LIMIT_EXCEEDED`
 * @example
 * ```ts
 * const { texts, labels } = await readTexts('reviews.jsonl', { limit: 200, classNames: ['bad', 'good'] })
 * ```
 */
export const readTexts = async (
  path: string,
  declaration: Pick<DatasetDeclaration, 'limit' | 'seed' | 'classes' | 'classNames' | 'limits'> = {},
): Promise<TextDataset> => {
  const plan = planReading(declaration)
  return withDataFile(path, async (content) => {
    const { lines, available } = chooseLines(path, content, plan)
    if (available === 0) throw unfit(path, 'hold texts', 'blank lines only', 'name the file that holds them')
    if (!/\.(jsonl|ndjson)$/i.test(path)) return { texts: lines.map(({ text }) => text.replace(/\r$/, '')), available }
    const examples = lines.map(({ number, text }) => {
      const place = `line ${number}`
      return parseExample(path, parseJson(path, text, place), place)
    })
    const texts = examples.map(({ input, place }) => {
      if (typeof input === 'string') return input
      throw unfit(
        path,
        `hold a text as input in ${place}`,
        `a value of ${typeof input}`,
        'read numbers with readDataset',
      )
    })
    const names = labelsOf(path, examples)
    if (names === undefined) return { texts, available }
    const classes = numberChosenLabels(path, names, available, plan)
    verifyLabels(path, classes.labels, plan.classes ?? classes.classNames?.length)
    return { texts, available, ...classes }
  })
}
