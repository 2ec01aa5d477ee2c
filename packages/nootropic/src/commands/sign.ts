import { resolve } from 'node:path'
import { NootropicError, sha256 } from '@nootropic/core'
import { openDigestCache, type SignOptions, signModel } from '@nootropic/validation/provenance'
import { type Invocation, type Streams, textOption, type Verb } from '../verb.ts'
import { choose } from './choose.ts'
import { ignoreOption, modelOperand } from './model-paths.ts'
import { signerOptions, withSigner } from './model-signer.ts'

const methods = ['files', 'shards'] as const
const hashes = ['sha256', 'blake2b', 'blake3'] as const

const parseShardSize = (value: string | undefined): number | undefined => {
  if (value === undefined) return undefined
  const size = Number(value)
  if (/^[1-9]\d*$/.test(value) && Number.isSafeInteger(size)) return size
  throw new NootropicError('USAGE', `expected --shard-size to be a whole number of bytes, got "${value}"`)
}

const signOptions = (invocation: Invocation, streams: Streams): Omit<SignOptions, 'signer'> => {
  const method = choose('method', textOption(invocation, 'method') ?? 'files', methods)
  const shardSize = parseShardSize(textOption(invocation, 'shard-size'))
  if (shardSize !== undefined && method === 'files') {
    throw new NootropicError('USAGE', 'expected --shard-size together with --method shards, got it without')
  }
  const [signature, cache] = [textOption(invocation, 'signature'), textOption(invocation, 'cache')]
  return {
    method,
    hash: choose('hash', textOption(invocation, 'hash') ?? 'sha256', hashes),
    ...(shardSize === undefined ? {} : { shardSize }),
    ...(signature === undefined ? {} : { signature: resolve(streams.directory, signature) }),
    ...(cache === undefined ? {} : { digestCache: openDigestCache(resolve(streams.directory, cache)) }),
  }
}

export const sign: Verb = {
  name: 'sign',
  operands: 'MODEL',
  summary: 'sign a model, a directory or a file, as OpenSSF Model Signing does',
  options: {
    signature: {
      type: 'string',
      value: 'FILE',
      description: 'where the bundle is written (default MODEL/model.sig, or MODEL.sig beside a single file)',
    },
    ...signerOptions,
    ignore: ignoreOption,
    method: { type: 'string', value: 'METHOD', description: `${methods.join(' or ')}, pieces of them (default files)` },
    'shard-size': { type: 'string', value: 'BYTES', description: 'of shards (default 1000000000)' },
    hash: { type: 'string', value: 'HASH', description: `${hashes.join(', ')} (default sha256)` },
    cache: {
      type: 'string',
      value: 'DIR',
      description: 'remember digests in a private directory, so that files that did not change are not read again',
    },
  },
  async run(invocation, streams) {
    const { path, ignore, shown } = modelOperand(invocation, streams)
    const options = signOptions(invocation, streams)
    return withSigner(invocation, streams, async (signer) => {
      const { signature, digest, resources } = await signModel(path, { signer, ignore, ...options })
      const publicKey = {
        fingerprint: sha256(signer.publicKey.export({ type: 'spki', format: 'der' })),
        pem: String(signer.publicKey.export({ type: 'spki', format: 'pem' })),
      }
      const what = `${resources.length} ${options.method}`
      return {
        exit: 0,
        document: { subject: { path: shown(path), digest }, signature: shown(signature), publicKey, resources },
        text: `${shown(signature)}: ${what} signed by the key ${publicKey.fingerprint}\n  root ${digest}\n`,
      }
    })
  },
}
