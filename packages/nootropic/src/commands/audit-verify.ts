import { resolve } from 'node:path'
import {
  entryProofSchema,
  formatAuditRecord,
  type ProvenEntry,
  verifyEntryProof,
  verifyServedAuditLog,
} from '@nootropic/access/audit'
import { NootropicError } from '@nootropic/core'
import { type Invocation, requiredOption, type Streams, textOption, type Verb, type VerbResult } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { parseJson } from './parse-json.ts'
import { readText } from './read-text.ts'

const readAnchor = async (invocation: Invocation, streams: Streams): Promise<string | undefined> => {
  const path = textOption(invocation, 'anchor')
  return path === undefined ? undefined : readText('anchor', path, streams)
}

const proofResult = ({ index, record, checkpoint, since }: ProvenEntry): VerbResult => {
  const { origin, size, root } = checkpoint
  const grown = since === undefined ? '' : `which goes on from the ${since.size} entries with the root ${since.root}\n`
  return {
    exit: 0,
    document: { index, entry: record, origin, size, root, ...(since === undefined ? {} : { since }) },
    text: `entry ${index}: ${formatAuditRecord(record)}\nis in ${origin}, ${size} entries with the root ${root}\n${grown}`,
  }
}

const verifyProof = async (invocation: Invocation, streams: Streams, path: string): Promise<VerbResult> => {
  const text = await readText('proof', path, streams)
  const proof = parseJson(entryProofSchema, text, {
    path,
    expected: 'a proof of an audit entry',
    code: 'AUDIT_CORRUPT',
  })
  const anchor = await readAnchor(invocation, streams)
  const key = textOption(invocation, 'key')
  const verifierKey = key ?? (await withInstallation(invocation, streams, async ({ audit }) => audit.verifierKey))
  return proofResult(verifyEntryProof(proof, { verifierKey, anchor }))
}

const verifyDirectory = async (invocation: Invocation, streams: Streams, path: string): Promise<VerbResult> => {
  const verifierKey = requiredOption(invocation, 'key')
  const anchor = await readAnchor(invocation, streams)
  const directory = resolve(streams.directory, path)
  const { origin, size, root } = await verifyServedAuditLog({ directory, verifierKey, anchor })
  const unanchored = anchor === undefined ? 'whether its end was cut off, only --anchor can say\n' : ''
  return {
    exit: 0,
    document: { origin, size, root, verifierKey, isAnchored: anchor !== undefined },
    text: `${size} entries of ${origin} are what was signed\n${unanchored}`,
  }
}

const verifyOwn = async (invocation: Invocation, streams: Streams): Promise<VerbResult> => {
  if (textOption(invocation, 'key') !== undefined) {
    throw new NootropicError('USAGE', 'expected --directory or --proof beside --key, got neither; name what to verify')
  }
  const anchor = await readAnchor(invocation, streams)
  return withInstallation(invocation, streams, async ({ audit }) => {
    const { origin, size, root } = await audit.verify(anchor)
    const { verifierKey } = audit
    const checkpoint = audit.checkpoint()
    return {
      exit: 0,
      document: { origin, size, root, verifierKey, checkpoint },
      text: `${size} entries are what was signed\nkeep elsewhere: ${verifierKey}\n${checkpoint}`,
    }
  })
}

export const auditVerify: Verb = {
  name: 'audit verify',
  operands: '',
  summary: 'read the whole audit log again and check every record and signature; or those of another log, or a proof',
  options: {
    ...installationOptions,
    anchor: { type: 'string', value: 'FILE', description: 'a checkpoint that was kept elsewhere' },
    directory: { type: 'string', value: 'DIR', description: 'another log, or an export: nothing else is opened' },
    proof: { type: 'string', value: 'FILE', description: 'what `audit prove` wrote' },
    key: { type: 'string', value: 'VKEY', description: 'the first key of that log (default, of a proof: our own)' },
  },
  async run(invocation, streams) {
    const directory = textOption(invocation, 'directory')
    const proof = textOption(invocation, 'proof')
    if (directory !== undefined && proof !== undefined) {
      throw new NootropicError('USAGE', 'expected --directory or --proof, got both; verify one after the other')
    }
    if (proof !== undefined) return verifyProof(invocation, streams, proof)
    return directory === undefined ? verifyOwn(invocation, streams) : verifyDirectory(invocation, streams, directory)
  },
}
