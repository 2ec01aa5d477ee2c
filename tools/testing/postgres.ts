import { execFile, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const startTimeoutMs = 30_000
// One socket file in a directory that only the server's user can enter; nothing listens on the network.
const port = 5432

/** A PostgreSQL server of its own, in a temporary directory. */
export interface TestPostgres {
  /** Makes an empty database and returns its URL. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

const findBinaries = (): string => {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base).sort((left, right) => Number(right) - Number(left)) : []
  const places = [
    ...versions.map((version) => join(base, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  const found = places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')))
  if (found !== undefined) return found
  throw new Error(
    `EXPECTED initdb AND postgres IN PATH OR ${base}/*/bin, FOUND NONE; install PostgreSQL: this test needs a real server`,
  )
}

interface User {
  readonly uid: number
  readonly gid: number
}

// The server refuses to run as root: there it runs as the user that Debian makes for it, or as nobody.
const serverUser = async (): Promise<User | undefined> => {
  if (process.geteuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(['-u', '-g'].map(async (option) => (await run('id', [option, name])).stdout))
      return { uid: Number(uid), gid: Number(gid) }
    } catch {
      // the next one
    }
  }
  throw new Error('EXPECTED A USER postgres OR nobody TO RUN THE SERVER AS, FOUND NEITHER')
}

/** Starts a server on a Unix socket and waits until it answers. Fails loudly where PostgreSQL is not installed. */
export const startPostgres = async (): Promise<TestPostgres> => {
  const binaries = findBinaries()
  const user = await serverUser()
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-postgres-'))
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  const data = join(directory, 'data')
  const remove = (): void => rmSync(directory, { recursive: true, force: true })

  const initdb = ['-D', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync']
  try {
    await run(join(binaries, 'initdb'), initdb, { ...user, cwd: directory })
  } catch (error) {
    remove()
    throw error
  }
  // Without fsync: the tests end processes, never the machine.
  const settings = ['-c', 'listen_addresses=', '-c', 'fsync=off']
  const parameters = ['-D', data, '-k', directory, '-p', String(port), ...settings]
  const server = spawn(join(binaries, 'postgres'), parameters, {
    ...user,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const ended = new Promise<void>((resolve) => {
    server.on('close', () => resolve())
  })
  const stop = async (): Promise<void> => {
    server.kill('SIGINT') // fast shutdown
    await ended
    remove()
  }

  const client = ['-h', directory, '-p', String(port), '-U', 'postgres']
  const deadline = Date.now() + startTimeoutMs
  for (;;) {
    const isReady = await run(join(binaries, 'pg_isready'), client).then(
      () => true,
      () => false,
    )
    if (isReady) break
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`EXPECTED POSTGRESQL TO START, FOUND:\n${log}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }

  let databases = 0
  return {
    async createDatabase() {
      databases += 1
      const name = `test_${databases}`
      await run(join(binaries, 'createdb'), [...client, name])
      return `postgres://postgres@/${name}?host=${encodeURIComponent(directory)}&port=${port}`
    },
    stop,
  }
}
