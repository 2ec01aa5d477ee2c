import { expect, test } from 'vitest'
import { openDatabase } from '../../src/storage/index.ts'
import { loadDriver } from '../../src/storage/postgres.ts'

test('without the package pg the error says how to install it', async () => {
  const load = loadDriver(() => Promise.reject(Object.assign(new Error('x'), { code: 'ERR_MODULE_NOT_FOUND' })))
  await expect(load).rejects.toEqual(expect.objectContaining({ code: 'PEER_DEPENDENCY_MISSING' }))
  await expect(load).rejects.toThrow('npm install pg')
})

test('a server that is not there is an error that names the place without the password', async () => {
  // Port 1 of the loopback interface: nothing listens there.
  const error = await openDatabase('postgres://someone:hunter2@127.0.0.1:1/models?application_name=hunter2').catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toEqual(expect.objectContaining({ code: 'STORAGE_FAILED' }))
  expect((error as Error).message).toContain('postgres://127.0.0.1:1/models')
  expect(`${(error as Error).stack} ${JSON.stringify(error)} ${(error as Error).cause}`).not.toContain('hunter2')
})

test('a URL that cannot be read is refused without being shown', async () => {
  const open = openDatabase('postgres://someone:hunter2@host:notaport/models')
  await expect(open).rejects.toEqual(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
  await expect(open).rejects.not.toThrow('hunter2')
})
