import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'

/** What the host saw of an attack, from outside. */
export type Effect = 'leak' | 'change' | 'process' | 'contact' | 'signal'

/** What the host lays out, each piece within reach of whoever is not kept from it. */
export interface Bait {
  /** As the addon takes it; see native/attack.h. */
  line(amount: number): string
  /** What has happened since the last look; everything is put back. */
  look(said: string): Promise<Effect[]>
  close(): Promise<void>
}

const nobody = 65534

/** All processes below one, by their numbers. */
export const descendantsOf = (ancestor: number): number[] => {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    try {
      const stat = readFileSync(`/proc/${Number(name)}/stat`, 'latin1')
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (state !== 'Z') parents.set(Number(name), Number(parent))
    } catch {
      // It is no process, or none any more.
    }
  }
  const isBelow = (id: number): boolean => {
    const parent = parents.get(id)
    return parent !== undefined && (parent === ancestor || isBelow(parent))
  }
  return [...parents.keys()].filter(isBelow)
}

/** Everything that can be said of the files in a directory without changing when they are read. */
const describe = (directory: string): string =>
  readdirSync(directory, { recursive: true })
    .map((name) => {
      const path = join(directory, String(name))
      const { mode, uid, gid, size, nlink, mtimeMs } = lstatSync(path)
      return [name, mode, uid, gid, size, nlink, mtimeMs].join(' ')
    })
    .sort()
    .join('\n')

const listen = async (server: Server, where: object): Promise<number> => {
  server.listen(where)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const startVictim = async (program: string, words: readonly string[]) => {
  const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], ...asNobody }) as ChildProcess
  const lines = createInterface(child.stdout as NonNullable<typeof child.stdout>)[Symbol.asyncIterator]()
  const next = async (): Promise<string> => String((await lines.next()).value)
  const place = await next()
  return {
    pid: child.pid ?? 0,
    place,
    /** What was done to it: signals, changed memory, its priority, how it is scheduled, its limits. */
    async ask(): Promise<{ signalled: boolean; changed: boolean }> {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1')
      const isStopped = stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')
      if (isStopped) process.kill(child.pid ?? 0, 'SIGCONT')
      child.stdin?.write('?')
      const [signals, ...state] = (await next()).split(' ')
      return { signalled: isStopped || signals !== '0', changed: state.join(' ') !== 'whole 0 0 0' }
    },
    async end(): Promise<void> {
      child.stdin?.end()
      await once(child, 'exit')
    },
  }
}

const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

/** Lays out files, sockets and a process of the worker's own user. `victim` is the built native/victim.c. */
export const layBait = async (victimProgram: string): Promise<Bait> => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-attacked-'))
  const secret = randomBytes(12).toString('hex')
  const isRoot = process.getuid?.() === 0
  let before = ''
  const lay = (): void => {
    for (const name of readdirSync(directory)) {
      if (name !== 'socket') rmSync(join(directory, name), { recursive: true, force: true })
    }
    mkdirSync(join(directory, 'home'))
    writeFileSync(join(directory, 'home/secret'), secret)
    chmodSync(join(directory, 'home/secret'), 0o600)
    chmodSync(join(directory, 'home'), 0o700)
    writeFileSync(join(directory, 'secret'), secret)
    writeFileSync(join(directory, 'program'), `#!/bin/sh\n: > ${directory}/ran\n`)
    chmodSync(join(directory, 'secret'), 0o666)
    chmodSync(join(directory, 'program'), 0o777)
    // Whoever attacks owns all of it: only the sandbox is to stand between.
    if (isRoot)
      for (const name of ['', 'secret', 'program', 'home', 'home/secret'])
        chownSync(join(directory, name), nobody, nobody)
    before = describe(directory)
  }
  chmodSync(directory, 0o777)
  lay()
  process.env.NOOTROPIC_TEST_SECRET = secret

  let contacts = 0
  const server = (): Server =>
    createServer((socket) => {
      contacts += 1
      socket.on('error', () => {})
      socket.destroy()
    })
  const servers = [server(), server(), server(), server()] as const
  const [ofTcp, ofTcp6, ofUnix, ofAbstract] = servers
  const abstract = `nootropic-attacked-${randomBytes(8).toString('hex')}`
  const tcp = await listen(ofTcp, { host: '127.0.0.1', port: 0 })
  const tcp6 = await listen(ofTcp6, { host: '::1', port: 0 }).catch(() => 0)
  await listen(ofUnix, { path: join(directory, 'socket') })
  chmodSync(join(directory, 'socket'), 0o777)
  await listen(ofAbstract, { path: `\0${abstract}` })
  const udp = createSocket('udp4')
  udp.on('message', () => {
    contacts += 1
  })
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  before = describe(directory)

  const start = () => startVictim(victimProgram, [secret, join(directory, 'secret')])
  let victim = await start()
  const shared = join('/dev/shm', basename(directory))
  const name = hostname()
  const told = [
    // The activity of the machine's processors.
    'cpu  ',
    secret,
    ...['/etc/passwd', '/etc/shadow', '/etc/machine-id'].flatMap((path) => {
      try {
        return [readFileSync(path, 'utf8').slice(0, 24).trim()].filter((text) => text.length > 8)
      } catch {
        return []
      }
    }),
  ]

  return {
    line: (amount) =>
      [directory, abstract, tcp, tcp6, udp.address().port, process.pid, victim.pid, victim.place, amount].join(' '),
    async look(said) {
      await moment()
      const { signalled, changed } = await victim.ask()
      const isChanged = changed || describe(directory) !== before || existsSync(shared) || hostname() !== name
      const isContacted = contacts > 0
      contacts = 0
      if (isChanged) {
        rmSync(shared, { force: true })
        lay()
        await victim.end()
        victim = await start()
      }
      return [
        ...(told.some((text) => said.includes(text)) ? (['leak'] as const) : []),
        ...(isChanged ? (['change'] as const) : []),
        ...(isContacted ? (['contact'] as const) : []),
        ...(signalled ? (['signal'] as const) : []),
      ]
    },
    async close() {
      await victim.end()
      udp.close()
      for (const server of servers) server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
