import { expect, test } from 'vitest'
import { closedToNobody, tools, withoutBubblewrap, withoutGvisor, withoutLandlock, withoutRoot } from './host.ts'
import { probeElsewhere } from './probe-elsewhere.ts'

// Whoever runs the tests is one user; as root, nobody is the other.
const users = [
  { name: 'whoever runs this', prefix: [], why: '' },
  {
    name: 'an ordinary user',
    prefix: [tools.setpriv ?? '', '--reuid=65534', '--regid=65534', '--clear-groups', '--'],
    why:
      withoutRoot ||
      closedToNobody ||
      (tools.setpriv === undefined ? ' (skipped: needs `apt install util-linux`)' : ''),
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
      const way = tools.isRoot && closedToNobody !== '' ? 'Landlock' : machine.way
      expect({ name: machine.name, ...told[index] }).toMatchObject({
        ...{ name: machine.name, level: 'strong', failed: [], sum: [11, 22, 33], way: expect.stringContaining(way) },
      })
    }
  })
}

for (const { name, prefix, why } of users) {
  const skipped = why || withoutGvisor
  test.skipIf(skipped)(`${name} runs models under gVisor isolated strongly${skipped}`, async () => {
    const [told] = await probeElsewhere(prefix, [['what is built in']])
    expect(told).toMatchObject({
      level: 'strong',
      failed: [],
      sum: [11, 22, 33],
      way: expect.stringMatching('^gVisor'),
    })
  })
}
