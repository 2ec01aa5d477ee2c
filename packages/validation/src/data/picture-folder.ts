import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { floatArray } from '../behaviour/dataset.ts'
import { printable } from '../scan/rule.ts'
import { chooseRows } from './choose-rows.ts'
import { type ClassLabels, numberLabels } from './class-labels.ts'
import { readWhole } from './data-file.ts'
import type { ReadingPlan } from './declaration.ts'
import { type DecodedPicture, decodePicture, loadSharp } from './decode-picture.ts'
import type { RawExamples } from './finish-dataset.ts'
import { readLabelTable } from './labels-file.ts'
import { excessive, unfit } from './refusals.ts'

/** Pictures that are decoded at once: libvips has threads of its own, and each picture takes memory. */
const decodedTogether = 4

const isPictureName = (name: string): boolean => /\.(png|jpe?g)$/i.test(name)

/**
 * Lists the files of a folder and of the folders directly in it, by their paths with `/`, in the order of code units. Names
 * that begin with a dot are left out.
 *
 * @throws NootropicError `FILE_UNREADABLE` for a link, whose target may lie anywhere (CWE-59), or a folder in a class
 */
export const listFolder = async (path: string, most: number): Promise<readonly string[]> => {
  const files: string[] = []
  const visit = async (inside: string, depth: number): Promise<void> => {
    const entries = await readdir(join(path, inside), { withFileTypes: true }).catch((cause: unknown) => {
      const message = `expected the folder ${printable(join(path, inside))} to be readable, found one that is not; check its permissions`
      throw new NootropicError('FILE_UNREADABLE', message, { cause })
    })
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`
      if (entry.isDirectory() && depth === 0) await visit(name, 1)
      else if (entry.isFile()) files.push(name)
      else
        throw new NootropicError(
          'FILE_UNREADABLE',
          `expected ${printable(path)} to hold files and one level of folders, found ${entry.isSymbolicLink() ? 'the link' : 'the entry'} ${printable(name)}; put the file itself there`,
        )
      if (files.length > most)
        throw excessive(path, 'files', most, files.length, 'raise the limit, or split the folder')
    }
  }
  await visit('', 0)
  return files.sort()
}

/** Which pictures there are, and the labels of all where they have any. */
const labelPictures = async (
  path: string,
  files: readonly string[],
  plan: ReadingPlan,
): Promise<{ readonly pictures: readonly string[]; readonly classes: Partial<ClassLabels> }> => {
  const own = ['labels.csv', 'labels.json'].find((name) => files.includes(name))
  const table = plan.labels ?? (own === undefined ? undefined : join(path, own))
  if (table !== undefined) {
    const labels = await readLabelTable(table, plan)
    const present = new Set(files)
    const absent = [...labels.keys()].find((name) => !present.has(name))
    if (absent !== undefined)
      throw unfit(
        table,
        `name files of ${printable(path)}`,
        `"${printable(absent)}"`,
        'correct the name or add the file',
      )
    const pictures = [...labels.keys()].sort()
    return {
      pictures,
      classes: numberLabels(
        table,
        pictures.map((name) => labels.get(name) ?? ''),
        plan,
      ),
    }
  }
  const pictures = files.filter(isPictureName)
  const folders = pictures.map((name) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined))
  const named = folders.filter((name) => name !== undefined)
  if (named.length === 0) return { pictures, classes: {} }
  if (named.length < pictures.length)
    throw unfit(
      path,
      'hold its pictures in one folder a class',
      `${pictures.length - named.length} outside of any`,
      'move them, or write labels.csv with lines of file,label',
    )
  return { pictures, classes: numberLabels(path, named, plan) }
}

/**
 * Reads a folder of PNG and JPEG pictures. Their classes are the folders that they stand in, or what `labels.csv`,
 * `labels.json` or the declared file says.
 */
export const readPictureFolder = async (
  path: string,
  files: readonly string[],
  plan: ReadingPlan,
): Promise<RawExamples> => {
  const { pictures, classes } = await labelPictures(path, files, plan)
  if (pictures.length === 0)
    throw unfit(path, 'hold PNG or JPEG pictures', `none among ${files.length} files`, 'name the folder of the data')
  const sharp = await loadSharp()
  const rows = chooseRows(pictures.length, plan.limit, plan.seed)
  const decode = async (row: number): Promise<DecodedPicture> => {
    const file = join(path, pictures[row] ?? '')
    const bytes = await readWhole(file, { name: 'pictureBytes', bytes: plan.limits.pictureBytes })
    return decodePicture(file, bytes, plan, sharp)
  }

  let data = floatArray(plan.elementType, 0)
  let first: DecodedPicture | undefined
  for (let start = 0; start < rows.length; start += decodedTogether) {
    const decoded = await Promise.all(rows.slice(start, start + decodedTogether).map(decode))
    for (const [offset, picture] of decoded.entries()) {
      if (first === undefined) {
        first = picture
        const held = rows.length * picture.data.length * data.BYTES_PER_ELEMENT
        if (held > plan.limits.heldBytes)
          throw excessive(path, 'heldBytes', plan.limits.heldBytes, held, 'declare a `limit` of examples')
        data = floatArray(plan.elementType, rows.length * picture.data.length)
      }
      if (picture.width !== first.width || picture.height !== first.height)
        throw unfit(
          path,
          `hold pictures of one size, ${first.width} x ${first.height}`,
          `${picture.width} x ${picture.height} at ${printable(pictures[rows[start + offset] ?? 0] ?? '')}`,
          'declare preprocessing.size',
        )
      data.set(picture.data, (start + offset) * picture.data.length)
    }
  }
  const { width = 0, height = 0, channels = 0 } = first ?? {}
  const labels = classes.labels
  const left = files.filter((name) => !isPictureName(name) && !/^labels\.(csv|json)$/.test(name)).length
  const listed = new Set(pictures)
  const unlisted = files.filter((name) => isPictureName(name) && !listed.has(name)).length
  return {
    data,
    shape: [height, width, channels],
    domain: [0, 255],
    available: pictures.length,
    ...(labels === undefined ? {} : { labels: rows.map((row) => labels[row] ?? -1) }),
    ...(classes.classNames === undefined ? {} : { classNames: classes.classNames }),
    notes: [
      ...(left === 0 ? [] : [`${left} files that are no .png, .jpg or .jpeg were left out`]),
      ...(unlisted === 0 ? [] : [`${unlisted} pictures that have no label were left out`]),
    ],
  }
}
