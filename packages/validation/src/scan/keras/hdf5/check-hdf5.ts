import type { Inspection } from '../../inspection.ts'
import { checkPickleAt } from '../../pickle/nested.ts'
import { printable } from '../../rule.ts'
import type { ByteSource } from '../../source.ts'
import { checkKerasText } from '../check-keras-text.ts'
import { kerasRules } from '../rules.ts'
import { type Hdf5Attribute, readAttributes } from './attributes.ts'
import { checkLink, checkStorage, checkUserBlock } from './check-references.ts'
import { readLinks } from './links.ts'
import { readMessages } from './object-header.ts'
import { Hdf5Fault, type Hdf5File, openHdf5 } from './structure.ts'
import { readSuperblock, type Superblock } from './superblock.ts'

/** Attributes in which Keras keeps JSON that its loader builds objects from. */
const kerasAttributes: readonly string[] = ['model_config', 'training_config']

// PyTables takes text that ends so for a pickle; longer ones are not attributes it writes (CWE-789).
const pickleStop = 0x2e
const maximumPickleBytes = 2 ** 20

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

const checkAttribute = (
  attribute: Hdf5Attribute,
  content: ByteSource,
  inspection: Inspection,
  inside: string,
): void => {
  const { name, fixedText, offset } = attribute
  if (kerasAttributes.includes(name)) {
    inspection.refine('keras-h5')
    checkKerasText(attribute.text(), inspection, { inside: `${inside}@${name}`, isHdf5: true })
  }
  if (fixedText === undefined || fixedText.length > maximumPickleBytes) return
  let end = fixedText.length
  while (end > 0 && fixedText[end - 1] === 0) end -= 1
  // What it would do is reported where the bytes of the file are swept.
  const silent = { ...inspection, report: () => {}, incomplete: () => {} }
  if (fixedText[end - 1] !== pickleStop || !checkPickleAt(content, offset, silent)) return
  inspection.report({
    rule: kerasRules['hdf5-pickled-attribute'],
    message: `expected plain values, found a pickle in the attribute ${printable(name)}`,
    offset,
    inside,
  })
}

const walk = (file: Hdf5File, content: ByteSource, superblock: Superblock, inspection: Inspection): void => {
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
          attempt(inspection, path, () => checkAttribute(attribute, content, inspection, path))
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
}

/** Reads every object of the HDF5 file whose superblock stands at `base`. */
export const checkHdf5 = (content: ByteSource, base: number, inspection: Inspection): void => {
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
    walk(file, content, superblock, inspection)
    if (Number.isFinite(superblock.extensionAddress)) {
      attempt(inspection, 'superblock extension', () => void readMessages(file, superblock.extensionAddress))
    }
  })
}
