import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeTemporaryDirectory } from '../temporary-directory.ts'

// Node finds a worker's packages by their names in a directory `node_modules`. They stand in many places, and a user
// without rights may not be let through to them (a home of mode 0700). The launcher opens each place while it may, and
// keeps it open under a number; a room is a directory of links to those numbers (proc(5), /proc/self/fd). It names no file
// and holds nothing, so that one serves all workers of a user, and may stay.

/** What a room holds: where each link in it leads. */
export type RoomLinks = Readonly<Record<string, string>>

/** The room, and the directories in it, the outer before the inner. */
const directoriesOf = (room: string, links: RoomLinks): string[] => {
  const above = (path: string): string[] => (path === '.' ? [] : [...above(dirname(path)), path])
  const inside = Object.keys(links).flatMap((path) => above(dirname(path)))
  return [room, ...[...new Set(inside)].map((path) => join(room, path))]
}

/** Whether this user made what stands there, and nobody else can change it. */
const isOurs = (directory: string): boolean => {
  const { uid, mode } = lstatSync(directory)
  return uid === process.getuid?.() && (mode & 0o170022) === 0o040000
}

/** What `look` says, and no where there is nothing to look at. */
const holds = (look: () => boolean): boolean => {
  try {
    return look()
  } catch {
    return false
  }
}

const isRoom = (room: string, links: RoomLinks): boolean =>
  holds(
    () =>
      directoriesOf(room, links).every(isOurs) &&
      Object.entries(links).every(([path, target]) => readlinkSync(join(room, path)) === target),
  )

const makeRoom = (links: RoomLinks): string => {
  const room = makeTemporaryDirectory('room')
  for (const directory of directoriesOf(room, links)) {
    mkdirSync(directory, { recursive: true })
    // Whatever this process's umask is: nobody must get through.
    chmodSync(directory, 0o755)
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(room, path))
  return room
}

/** A directory of these links; where somebody else holds its place, one for this call alone. */
export const openRoom = (links: RoomLinks): string => {
  const digest = createHash('sha256').update(JSON.stringify(links)).digest('hex').slice(0, 16)
  const place = join(tmpdir(), `nootropic-room-${process.getuid?.()}-${digest}`)
  if (isRoom(place, links)) return place
  const made = makeRoom(links)
  try {
    // What a cleaner of old files has left of ours.
    if (holds(() => isOurs(place))) rmSync(place, { recursive: true, force: true })
    renameSync(made, place)
    return place
  } catch {
    if (!isRoom(place, links)) return made
    rmSync(made, { recursive: true })
    return place
  }
}
