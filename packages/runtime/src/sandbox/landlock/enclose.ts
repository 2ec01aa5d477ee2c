import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { LaunchOrder } from '../../launcher/order.ts'
import { type WorkerFiles, workerEnvironment } from '../worker-files.ts'
import { openRoom } from './room.ts'

// Above what Node opens for itself in the launcher.
const firstNumber = 100

const placeOf = (number: number): string => `/proc/self/fd/${number}`

/** ld.so's own paths, as glibc and musl name it. */
const isLoader = (path: string): boolean => /^ld[-.]/.test(basename(path))

/** What the loader and OpenSSL ask for besides; not every system has each. */
const shared = ['/etc/ld.so.cache', '/dev/null', '/dev/urandom']

/** What a launcher is told of the files of a worker that has a Landlock domain: everything else is out of reach. */
export const encloseByLandlock = (
  files: WorkerFiles,
): Required<Pick<LaunchOrder, 'reachable' | 'program' | 'words' | 'environment'>> => {
  const places = [
    { path: files.program, at: 'worker.mjs', rights: ['readFile'] as const },
    ...files.packages.map(({ name, directory }) => ({
      path: directory,
      at: `node_modules/${name}`,
      rights: ['readFile', 'readDirectory'] as const,
    })),
  ].map((place, index) => ({ ...place, descriptor: firstNumber + 2 + index }))
  const [node, room] = [firstNumber, firstNumber + 1]
  return {
    reachable: [
      ...places.map(({ path, rights, descriptor }) => ({ path, rights, descriptor })),
      { path: files.node, rights: ['readFile', 'execute'], descriptor: node },
      // Passed through only: of a directory that is not listed, Landlock asks nothing.
      {
        path: openRoom(Object.fromEntries(places.map(({ at, descriptor }) => [at, placeOf(descriptor)]))),
        rights: [],
        descriptor: room,
      },
      ...files.libraries.map((path) => ({
        path,
        rights: isLoader(path) ? (['readFile', 'execute'] as const) : (['readFile'] as const),
      })),
      ...shared.filter((path) => existsSync(path)).map((path) => ({ path, rights: ['readFile'] as const })),
    ],
    program: placeOf(node),
    // The links of the room are not to be followed to where they lead: nobody may be let through there.
    words: ['node', '--preserve-symlinks', '--preserve-symlinks-main', `${placeOf(room)}/worker.mjs`],
    // Node ends where OpenSSL's configuration is there and may not be read.
    environment: { ...workerEnvironment, OPENSSL_CONF: '/dev/null' },
  }
}
