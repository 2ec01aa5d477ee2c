import { compare as comparePython, valid as validPython } from '@renovatebot/pep440'
import { compare as compareNpm, parse as parseNpm } from 'semver'
import type { Ecosystem } from '../dependency.ts'

/** How an ecosystem orders its versions. */
export interface VersionOrder {
  isValid(version: string): boolean
  /** Negative when `left` is the older. Both must be valid. */
  compare(left: string, right: string): number
}

// Numbers beyond the safe integers would be equal to their neighbours, and a version to its fix; in a local version the
// library takes `1e5` and `0x10` for numbers too, which PEP 440 takes for text.
const isMisread = (version: string): boolean => /\d{16,}|\+(?:\S*[._-])?(?:\d+e\d|0[box])/i.test(version)

const npmOrder: VersionOrder = {
  isValid: (version) => parseNpm(version, { loose: true }) !== null,
  compare: (left, right) => compareNpm(left, right, { loose: true }),
}

const pythonOrder: VersionOrder = {
  isValid: (version) => validPython(version) !== null && !isMisread(version),
  compare: comparePython,
}

/** The order of versions of an ecosystem; conda has one that no advisory is written in. */
export const orderOf = (ecosystem: Ecosystem): VersionOrder => (ecosystem === 'npm' ? npmOrder : pythonOrder)
