import { type AuditEntry, type ModelRef, NootropicError } from '@nootropic/core'
import { expect, test, vi } from 'vitest'
import { createGate } from '../../src/execution/gate.ts'
import { createModelControl } from '../../src/execution/model-control.ts'
import type { ModelWorkers } from '../../src/model-workers.ts'
import type { Registry } from '../../src/registry.ts'
import { failureOf } from '../failure.ts'

const refOf = (version: string): ModelRef => ({ name: 'adder', version, digest: `sha256:${'0'.repeat(64)}` })

/** Control over a model of which version 1.0.0 serves, with workers that are not there. */
const openControl = (changed: Partial<Pick<Registry, 'activate' | 'rollback'>> = {}) => {
  const served = new Set(['1.0.0'])
  const entries: AuditEntry[] = []
  const gate = createGate()
  const workers: ModelWorkers = {
    session: vi.fn(async ({ version }) => {
      served.add(version)
      return {} as never
    }),
    run: vi.fn(),
    async close() {
      served.clear()
    },
    async closeOthers({ version }) {
      for (const other of served) if (other !== version) served.delete(other)
    },
    closeAll: async () => served.clear(),
  }
  const registry = {
    status: async () => ({ active: refOf('1.0.0') }) as never,
    activate: async () => {},
    suspend: async () => {},
    resume: async () => {},
    rollback: async () => refOf('0.9.0'),
    ...changed,
  }
  const control = createModelControl({
    registry,
    workers,
    gate,
    audit: {
      async append(entry) {
        entries.push(entry)
        return { index: 0, leafHash: '' }
      },
    },
    bus: { publish: async () => ({}) as never, subscribe: () => () => {} },
    drainMs: 20,
  })
  return { control, gate, served, entries }
}

const failing = async (): Promise<never> => {
  throw new NootropicError('STORAGE_FAILED', 'the disk is full')
}

test('a version that could not be activated keeps no worker, and the one that serves keeps its own', async () => {
  const { control, served, entries } = openControl({ activate: failing })
  expect((await failureOf(control.activate(refOf('2.0.0')))).code).toBe('STORAGE_FAILED')
  expect([...served]).toEqual(['1.0.0'])
  expect(entries.map(({ outcome }) => outcome)).toEqual(['allowed', 'failed'])
})

test('whoever never comes out of a model does not keep it from being changed', async () => {
  const { control, gate, served } = openControl()
  void gate.pass('adder', () => new Promise(() => {}))
  await control.activate(refOf('2.0.0'))
  expect([...served]).toEqual(['2.0.0'])
  await control.rollback('adder', 'errors')
  await control.suspend('adder', 'drill')
  expect([...served]).toEqual([])
})
