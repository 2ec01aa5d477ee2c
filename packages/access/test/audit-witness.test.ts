import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { createManualClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import {
  createWitness,
  openAuditLog,
  verifyCheckpoint,
  verifyCosignature,
  type WitnessedHead,
} from '../src/audit/index.ts'
import { entry, newDirectory, origin, temporaryDirectory, verifierKey, writeLog } from './support/audit.ts'

const memoryStore = () => {
  let head: WitnessedHead | undefined
  return {
    read: async () => head,
    write: async (next: WitnessedHead) => {
      head = next
    },
  }
}
const clock = createManualClock('2026-01-01T00:00:00Z')
const newWitness = (store = memoryStore()) =>
  createWitness({
    name: 'witness.example',
    key: generateKeyPairSync('ed25519'),
    logVerifierKey: verifierKey,
    store,
    clock,
  })
const corrupt = expect.objectContaining({ code: 'AUDIT_CORRUPT' })

test('a witness cosigns heads that continue what it saw, with its time, and both signatures verify', async () => {
  const log = await writeLog(newDirectory(), [3])
  const witness = newWitness()
  const first = await witness.cosign(log.checkpoint())
  expect(verifyCosignature(first, witness.verifierKey)).toEqual(clock.now())
  expect(verifyCheckpoint(first, verifierKey).size).toBe(3)
  expect(await witness.cosign(log.checkpoint())).toContain('witness.example')
  await log.append(entry(3))
  const second = await witness.cosign(log.checkpoint(), await log.proveConsistency(3))
  expect(verifyCosignature(second, witness.verifierKey)).toEqual(clock.now())
  await log.close()
})

test('a witness refuses a log that was forked, rolled back, or whose proof is missing or another', async () => {
  const log = await writeLog(newDirectory(), [5])
  const fork = await writeLog(newDirectory(), [4])
  await fork.append(entry(99))
  const witness = newWitness()
  await witness.cosign(log.checkpoint())
  await expect(witness.cosign(fork.checkpoint())).rejects.toEqual(corrupt)
  await fork.append(entry(100))
  for (const proof of [undefined, await fork.proveConsistency(5), await fork.proveConsistency(4)]) {
    await expect(witness.cosign(fork.checkpoint(), proof)).rejects.toEqual(corrupt)
  }
  const short = await writeLog(newDirectory(), [2])
  await expect(witness.cosign(short.checkpoint())).rejects.toEqual(corrupt)
  await expect(witness.cosign(log.checkpoint().replace('\n5\n', '\n6\n'))).rejects.toEqual(corrupt)
  await Promise.all([log.close(), fork.close(), short.close()])
})

test('a cosignature that is absent, of another, changed, or over another head does not verify', async () => {
  const log = await writeLog(newDirectory(), [1])
  const witness = newWitness()
  const note = await witness.cosign(log.checkpoint())
  await log.append(entry(1))
  const other = log.checkpoint()
  const line = note.trimEnd().split('\n').at(-1) ?? ''
  for (const forged of [log.checkpoint(), `${other}${line}\n`, note.replace(/.{6}\n$/, 'AAAA==\n'), 'no note']) {
    expect(() => verifyCosignature(forged, witness.verifierKey)).toThrow(corrupt)
  }
  expect(() => verifyCosignature(note, newWitness().verifierKey)).toThrow(corrupt)
  expect(() => verifyCosignature(note, verifierKey)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  await log.close()
})

test('a witness follows a log through its epochs by the first key and the seals', async () => {
  const keyFile = join(temporaryDirectory(), 'key')
  const log = await openAuditLog({ directory: newDirectory(), origin, epochs: { keyFile } })
  const witness = createWitness({
    name: 'witness.example',
    key: generateKeyPairSync('ed25519'),
    logVerifierKey: log.verifierKey,
    store: memoryStore(),
  })
  await log.append(entry(0))
  await witness.cosign(log.checkpoint())
  await log.sealEpoch()
  await log.append(entry(1))
  const proof = await log.proveConsistency(1)
  const { seals } = await log.prove(0)
  await expect(witness.cosign(log.checkpoint(), proof)).rejects.toEqual(corrupt)
  expect(await witness.cosign(log.checkpoint(), proof, seals)).toContain('witness.example')
  await log.close()
})
