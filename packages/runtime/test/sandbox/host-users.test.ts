import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { tools, withoutBubblewrap, withoutLandlock, withoutRoot } from './host.ts'
import { probeElsewhere } from './probe-elsewhere.ts'

const isOpenTo = (path: string): boolean => {
  const isOpen = (statSync(path).mode & 0o001) !== 0
  return isOpen && (dirname(path) === path || isOpenTo(dirname(path)))
}
const here = dirname(fileURLToPath(import.meta.url))
const closed =
  isOpenTo(here) && isOpenTo(dirname(process.execPath)) ? '' : ' (skipped: nobody is not let through to it)'

// Whoever runs the tests is one user; as root, nobody is the other.
const users = [
  { name: 'whoever runs this', prefix: [], why: '' },
  {
    name: 'an ordinary user',
    prefix: [tools.setpriv ?? '', '--reuid=65534', '--regid=65534', '--clear-groups', '--'],
    why: withoutRoot || closed || (tools.setpriv === undefined ? ' (skipped: needs `apt install util-linux`)' : ''),
  },
]
const programs = ['bwrap', 'prlimit', 'setpriv']
const machines = [
  { name: 'with everything', hidden: [], way: 'bubblewrap', why: withoutBubblewrap },
  { name: 'without util-linux', hidden: ['prlimit', 'setpriv'], way: 'bubblewrap', why: withoutBubblewrap },
  { name: 'with nothing but Node and npm', hidden: programs, way: 'Landlock', why: withoutLandlock },
]
const skippedMachines = machines.find(({ why }) => why !== '')?.why ?? ''

for (const { name, prefix, why } of users) {
  const skipped = why || skippedMachines
  test.skipIf(skipped)(`${name} runs models isolated strongly, on every machine${skipped}`, async () => {
    const told = await probeElsewhere(
      prefix,
      machines.map(({ hidden }) => hidden),
    )
    for (const [index, machine] of machines.entries()) {
      // In a directory of root's alone, only Landlock's launcher lets nobody through.
      const way = tools.isRoot && closed !== '' ? 'Landlock' : machine.way
      expect({ name: machine.name, ...told[index] }).toMatchObject({
        ...{ name: machine.name, level: 'strong', failed: [], sum: [11, 22, 33], way: expect.stringContaining(way) },
      })
    }
  })
}
