import { z } from 'zod'
import { printable } from '../scan/rule.ts'
import { decodeText, parseJson, readWhole } from './data-file.ts'
import type { ReadingPlan } from './declaration.ts'
import { unfit } from './refusals.ts'

const labelSchema = z.union([z.string(), z.number()])
const listSchema = z.array(labelSchema)
const tableSchema = z.record(z.string(), labelSchema)

const readText = async (path: string, plan: ReadingPlan): Promise<string> =>
  decodeText(path, await readWhole(path, { name: 'textBytes', bytes: plan.limits.textBytes }))

const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '')

/** A field of a CSV file without the quotes that may stand around it (RFC 4180). */
const unquote = (field: string): string => {
  const text = field.trim()
  return /^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text
}

/** A column of labels that nobody counts among them. */
const isHeading = (label: string): boolean => /^(labels?|class(es)?|targets?|y)$/i.test(label)

const withoutHeading = <Row>(rows: readonly Row[], labelOf: (row: Row) => string): readonly Row[] => {
  const [first] = rows
  return first !== undefined && isHeading(labelOf(first)) ? rows.slice(1) : rows
}

/** Labels in the order of the examples: a JSON array, or one a line. */
export const readLabelList = async (path: string, plan: ReadingPlan): Promise<readonly string[]> => {
  const text = await readText(path, plan)
  if (!path.toLowerCase().endsWith('.json')) return withoutHeading(linesOf(text).map(unquote), (label) => label)
  const labels = listSchema.safeParse(parseJson(path, text))
  if (labels.success) return labels.data.map(String)
  throw unfit(path, 'be an array of labels', 'something else', 'write one number or name an example, in their order')
}

/** The label of each file: a JSON object, or lines of `file,label`. */
export const readLabelTable = async (path: string, plan: ReadingPlan): Promise<ReadonlyMap<string, string>> => {
  const text = await readText(path, plan)
  const advise = 'write a file and its label, each file once'
  if (path.toLowerCase().endsWith('.json')) {
    const table = tableSchema.safeParse(parseJson(path, text))
    if (!table.success) throw unfit(path, 'be an object of labels by file', 'something else', advise)
    return new Map(Object.entries(table.data).map(([file, label]) => [file, String(label)]))
  }
  const rows = linesOf(text).map((line): [string, string] => {
    const comma = line.lastIndexOf(',')
    if (comma < 1) throw unfit(path, 'hold lines of file,label', `"${printable(line)}"`, advise)
    return [unquote(line.slice(0, comma)), unquote(line.slice(comma + 1))]
  })
  const listed = withoutHeading(rows, ([, label]) => label)
  const table = new Map(listed)
  if (table.size !== listed.length) throw unfit(path, 'name each file once', 'one twice', advise)
  return table
}
