import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AuditEntry,
  createEventBus,
  type Event,
  type Measurement,
  type ModelRef,
  modelDigest,
  NootropicError,
  type Report,
  type Signature,
  sha256,
  systemClock,
  systemRandom,
} from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { onnxSignature, readOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { openDatabase } from '@nootropic/core/storage'
import { createExecutor, type ExecutorParts, openRegistry, openVault } from '../../src/index.ts'

const reportOf = (ref: ModelRef): Report => ({
  subject: { path: ref.name, format: 'onnx', digest: ref.digest },
  verdict: 'pass',
  scores: {},
  findings: [],
  stages: [],
  skipped: [],
  environment: {},
  startedAt: '2026-01-01T00:00:00Z',
  durationMs: 0,
})

/**
 * An executor over a real registry and a real vault, and what it told the audit log, the bus and the meter. The
 * credential "key" is Ada's; she may execute whatever is not called "secret".
 */
export const openExecution = async (changed: Partial<ExecutorParts> = {}) => {
  const directory = await mkdtemp(join(tmpdir(), 'nootropic-execution-'))
  const database = await openDatabase(':memory:')
  const registry = await openRegistry({ database })
  const vault = await openVault({
    directory: join(directory, 'models'),
    keys: await openKeyStore({ directory: join(directory, 'keys') }),
  })
  const entries: AuditEntry[] = []
  const events: Event[] = []
  const measured: Measurement[] = []
  const bus = createEventBus({
    clock: systemClock,
    random: systemRandom,
    onError: (error) => {
      throw error
    },
  })
  bus.subscribe('', (event) => void events.push(event))
  const executor = createExecutor({
    registry,
    vault,
    sessions: createInProcessSessions(),
    authenticator: {
      async authenticate(credential) {
        if (credential === 'key') return { type: 'user', id: 'ada' }
        throw new NootropicError('CREDENTIAL_INVALID', 'expected a valid API key')
      },
    },
    authorizer: {
      authorize: async ({ resource }) => ({
        decision: resource.id !== 'secret',
        context: { reason: `no rule lets Ada execute ${resource.id}`, rules: [] },
      }),
    },
    audit: {
      async append(entry) {
        entries.push(entry)
        return { index: entries.length - 1, leafHash: '' }
      },
    },
    bus,
    meter: { record: (measurement) => void measured.push(measurement) },
    ...changed,
  })
  return {
    executor,
    registry,
    vault,
    entries,
    events,
    measured,
    /** Registers, seals and activates a version; its signature is the model's unless another is named. */
    async serve(name: string, version: string, bytes: Uint8Array, signature?: Signature): Promise<ModelRef> {
      const files = [{ path: 'model.onnx', digest: sha256(bytes), bytes }]
      const ref: ModelRef = { name, version, digest: modelDigest(files) }
      await vault.seal(ref, { main: 'model.onnx', files })
      await registry.add({ ref, signature: signature ?? onnxSignature(readOnnx(bytes)), report: reportOf(ref) })
      await executor.control.activate(ref)
      return ref
    },
    async close() {
      await executor.close()
      await database.close()
      await rm(directory, { recursive: true })
    },
  }
}
