import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isNootropicError, NootropicError } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import { ensurePrivateDirectory, readPrivateFile } from '@nootropic/core/storage'
import {
  provenanceFamily,
  provenanceRules,
  type Trust,
  trustAnyOf,
  trustCertificates,
  trustPublicKey,
} from '@nootropic/validation/provenance'

/** Files and keys that are read at most: each signature is compared with each of them (CWE-770). */
const maximumSigners = 1000

/** In one file: all roots that browsers trust take a quarter of it (CWE-770). */
const maximumFileBytes = 2 ** 20

/** Where every signer was revoked, a model needs another signature than theirs, and not none. */
const nobody: Trust = {
  check: () => {
    const message = 'expected a signer who is trusted, found that every model-signing key here was revoked'
    return { isAuthentic: false, sightings: [{ rule: provenanceRules['signer-untrusted'], message }] }
  },
}

/** Says with each refusal of a signer where another one can be named. */
const naming = (directory: string, trust: Trust): Trust => ({
  ...trust,
  async check(bundle) {
    const check = await trust.check(bundle)
    const sightings = check.sightings.map((sighting) =>
      provenanceFamily(sighting.rule.id) === 'policy'
        ? { ...sighting, message: `${sighting.message} (to trust a signer, put the key into ${directory})` }
        : sighting,
    )
    return { ...check, sightings }
  },
})

const invalid = (path: string, found: string, cause?: unknown): NootropicError =>
  new NootropicError(
    'CONFIGURATION_INVALID',
    `expected public keys or root certificates in PEM in ${path}, found ${found}; mend the file, or remove it`,
    { cause },
  )

/** The marker at an end of a PEM block (RFC 7468), with nothing else on its line. */
const marker = /^-----(BEGIN|END) ([^-]+)-----$/

/** Whether a line was a marker before an edit spoilt it. A block that is lost is a signer that nobody knows was refused. */
const isSpoiltMarker = (line: string): boolean => line.includes('--') && /(?:BEGIN|END) /.test(line)

/** The blocks of a PEM text, each with its label; what stands between them is for people. */
const blocksOf = (path: string, text: string): (readonly [label: string, block: string])[] => {
  const blocks: [string, string][] = []
  let open: { label: string; lines: string[] } | undefined
  for (const line of text.split(/\r\n?|\n/).map((untrimmed) => untrimmed.trim())) {
    const [, end, label = ''] = marker.exec(line) ?? []
    const isInTurn = open === undefined ? end === 'BEGIN' : end === 'END' && label === open.label
    if (end === undefined ? isSpoiltMarker(line) : !isInTurn) throw invalid(path, 'one that is cut')
    if (end === 'BEGIN') open = { label, lines: [] }
    open?.lines.push(line)
    if (end !== 'END' || open === undefined) continue
    blocks.push([label, `${open.lines.join('\n')}\n`])
    open = undefined
  }
  if (open !== undefined) throw invalid(path, 'one that is cut')
  if (blocks.length === 0) throw invalid(path, 'neither')
  return blocks
}

const readBlocks = async (path: string): Promise<(readonly [label: string, block: string])[]> => {
  const bytes = await readPrivateFile(path)
  if (bytes.length <= maximumFileBytes) return blocksOf(path, bytes.toString('utf8'))
  const message = `expected at most ${maximumFileBytes} bytes of trusted signers in ${path}, found ${bytes.length}`
  throw new NootropicError('LIMIT_EXCEEDED', `${message}; remove what is neither a key nor a certificate`)
}

const trustsOfFile = async (path: string): Promise<Trust[]> => {
  const blocks = await readBlocks(path)
  const other = blocks.find(([label]) => label !== 'PUBLIC KEY' && label !== 'CERTIFICATE')
  if (other !== undefined)
    throw invalid(path, `${JSON.stringify(other[0])}, which says of nobody that they are trusted`)
  const labelled = (wanted: string): string[] => blocks.flatMap(([label, block]) => (label === wanted ? [block] : []))
  const roots = labelled('CERTIFICATE')
  try {
    return [
      ...labelled('PUBLIC KEY').map((publicKey) => trustPublicKey({ publicKey })),
      // Models outlive the certificates they were signed with: what counts is when they were signed.
      ...(roots.length === 0 ? [] : [trustCertificates({ roots, time: 'signing' })]),
    ]
  } catch (error) {
    if (!isNootropicError(error)) throw error
    throw invalid(path, `one that cannot be used: ${error.message}`, error)
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      const message = `expected to find the trusted signers in ${path}, or nothing there, found ${error.code}; check its permissions`
      throw new NootropicError('FILE_UNREADABLE', message, { cause: error })
    },
  )

const filesIn = async (directory: string): Promise<string[]> => {
  if (!(await isThere(directory))) return []
  // Who can write to it decides whose models are admitted.
  await ensurePrivateDirectory(directory)
  // Hidden files are those of editors and file managers; but nobody is hidden who is trusted.
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.') || name.endsWith('.pem')).sort()
  const other = names.find((name) => !name.endsWith('.pem'))
  if (other !== undefined) {
    const message = `expected files NAME.pem of signers in ${directory}, found ${JSON.stringify(other)}; call it ${JSON.stringify(`${other}.pem`)} if its signer is to be trusted, or remove it`
    throw new NootropicError('CONFIGURATION_INVALID', message)
  }
  return names.map((name) => join(directory, name))
}

const verifyCount = (count: number, directory: string): void => {
  if (count <= maximumSigners) return
  const message = `expected at most ${maximumSigners} trusted signers in ${directory}, found ${count}; sign with certificates under one root`
  throw new NootropicError('LIMIT_EXCEEDED', message)
}

/**
 * Whose signatures an installation accepts: those of its own model-signing keys, and of the public keys and root
 * certificates in a directory for its owner alone. Each `*.pem` there is one signer or several.
 *
 * @returns undefined when nobody was ever named.
 * @throws NootropicError `CONFIGURATION_INVALID`, `FILE_UNREADABLE`, `LIMIT_EXCEEDED`
 */
export const readTrustedSigners = async (directory: string, keys: KeyStore): Promise<Trust | undefined> => {
  const trusts: Trust[] = []
  const signing = (await keys.list()).filter(({ purpose }) => purpose === 'model-signing')
  for (const { keyId, state } of signing) {
    if (state === 'revoked') continue
    trusts.push(trustPublicKey({ publicKey: await keys.publicKey(keyId) }))
  }
  const files = await filesIn(directory)
  verifyCount(files.length, directory)
  for (const path of files) {
    trusts.push(...(await trustsOfFile(path)))
    verifyCount(trusts.length, directory)
  }
  if (trusts.length > 0) return naming(directory, trustAnyOf(trusts))
  return signing.length > 0 ? naming(directory, nobody) : undefined
}
