import type { Inspection, Part } from '../../inspection.ts'
import { checkPickleAt } from '../../pickle/nested.ts'
import { opensPickle } from '../../pickle/recognise-pickle.ts'
import { printable } from '../../rule.ts'
import { type ByteSource, partOf } from '../../source.ts'
import { checkKerasText } from '../check-keras-text.ts'
import { kerasRules } from '../rules.ts'
import { type Hdf5Attribute, readAttributes } from './attributes.ts'
import { checkLink, checkStorage, checkUserBlock } from './check-references.ts'
import { globalHeapObjects } from './global-heap-objects.ts'
import { readLinks } from './links.ts'
import { readMessages } from './object-header.ts'
import { Hdf5Fault, type Hdf5File, openHdf5 } from './structure.ts'
import { readSuperblock, type Superblock } from './superblock.ts'

/** Attributes in which Keras keeps JSON that its loader builds objects from. */
const kerasAttributes: readonly string[] = ['model_config', 'training_config']

/** PyTables takes text that ends so for a pickle. */
const pickleStop = 0x2e

/** Attributes by which PyTables says that each value of variable length is a pickle; the second until its format 1.6. */
const objectMarks: readonly string[] = ['PSEUDOATOM', 'FLAVOR']

/** What the walk leaves to be looked at behind it. */
interface Found {
  readonly pickles: Part[]
  hasObjectValues: boolean
}

/** Runs a step over what the file says; what contradicts the format is reported, what is not read leaves it incomplete. */
const attempt = (inspection: Inspection, inside: string, step: () => void): void => {
  try {
    step()
  } catch (error) {
    if (!(error instanceof Hdf5Fault)) throw error
    if (!error.isMalformed) inspection.incomplete(`${printable(inside)}: not read: ${error.message}`)
    else inspection.report({ rule: kerasRules['hdf5-malformed'], message: error.message, offset: error.offset, inside })
  }
}

const checkText = (
  { name, offset }: Hdf5Attribute,
  text: Uint8Array,
  content: ByteSource,
  inspection: Inspection,
  inside: string,
): Part | undefined => {
  let end = text.length
  while (end > 0 && text[end - 1] === 0) end -= 1
  if (text[end - 1] !== pickleStop) return undefined
  const pickle = partOf(content, offset, end)
  const isPickle = opensPickle(pickle, 0)
  if (!isPickle && !checkPickleAt(content, offset, inspection)) return undefined
  inspection.report({
    rule: kerasRules['hdf5-pickled-attribute'],
    message: `expected plain values, found a pickle in the attribute ${printable(name)}`,
    offset,
    inside,
  })
  return isPickle ? { name: printable(`${inside}@${name}`), content: pickle, expected: 'pickle' } : undefined
}

const checkAttribute = (
  attribute: Hdf5Attribute,
  content: ByteSource,
  inspection: Inspection,
  inside: string,
  found: Found,
): void => {
  const { name } = attribute
  if (kerasAttributes.includes(name)) {
    inspection.refine('keras-h5')
    checkKerasText(attribute.text(), inspection, { inside: `${inside}@${name}`, isHdf5: true })
  }
  if (objectMarks.includes(name)) found.hasObjectValues ||= attribute.text().toLowerCase() === 'object'
  const text = attribute.fixedText()
  if (text === undefined) return
  const pickle = checkText(attribute, text, content, inspection, inside)
  if (pickle !== undefined) found.pickles.push(pickle)
}

const walk = (file: Hdf5File, content: ByteSource, superblock: Superblock, inspection: Inspection): Found => {
  const found: Found = { pickles: [], hasObjectValues: false }
  const seen = new Set<number>()
  const waiting = [{ address: superblock.rootAddress, path: '/' }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { address, path } = next
    // The same object under another name, or a group inside itself, which the format allows.
    if (seen.has(address)) continue
    seen.add(address)
    inspection.budget.takeEntry()
    attempt(inspection, path, () => {
      const messages = readMessages(file, address)
      attempt(inspection, path, () => {
        for (const attribute of readAttributes(file, messages)) {
          attempt(inspection, path, () => checkAttribute(attribute, content, inspection, path, found))
        }
      })
      attempt(inspection, path, () => checkStorage({ file, content, messages }, inspection, path))
      for (const link of readLinks(file, messages)) {
        const inside = path === '/' ? `/${link.name}` : `${path}/${link.name}`
        if (link.kind === 'hard') waiting.push({ address: link.address, path: inside })
        else checkLink(link, inspection, inside)
      }
    })
  }
  return found
}

/** Enters the pickles that PyTables reads out of the file. */
const enterPickles = async (
  { pickles, hasObjectValues }: Found,
  content: ByteSource,
  lengthSize: number,
  inspection: Inspection,
): Promise<void> => {
  for (const pickle of pickles) await inspection.enter(pickle)
  if (!hasObjectValues) return
  for (const value of globalHeapObjects(content, lengthSize, inspection)) {
    // Text of attributes stands in the same heaps.
    if (!opensPickle(value, 0)) continue
    await inspection.enter({ name: `value at ${value.within?.offset ?? 0}`, content: value, expected: 'pickle' })
  }
}

/** Reads every object of the HDF5 file whose superblock stands at `base`. */
export const checkHdf5 = async (content: ByteSource, base: number, inspection: Inspection): Promise<void> => {
  let found: Found = { pickles: [], hasObjectValues: false }
  let width = 0
  attempt(inspection, '/', () => {
    const superblock = readSuperblock(content, base)
    if (base > 0) checkUserBlock(content, base, inspection)
    // A file that was moved behind a user block keeps the addresses it had (H5F__super_read).
    const end = superblock.endAddress + base - superblock.baseAddress
    if (end > content.size) {
      inspection.report({
        rule: kerasRules['hdf5-truncated'],
        message: `expected ${end} bytes as the superblock says, found ${content.size}`,
        offset: base,
      })
    }
    const { offsetSize, lengthSize } = superblock
    const file = openHdf5(content, { base, offsetSize, lengthSize, budget: inspection.budget })
    width = lengthSize
    found = walk(file, content, superblock, inspection)
    if (Number.isFinite(superblock.extensionAddress)) {
      attempt(inspection, 'superblock extension', () => void readMessages(file, superblock.extensionAddress))
    }
  })
  await enterPickles(found, content, width, inspection)
}
