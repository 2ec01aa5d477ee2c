// A process of its own, for tests of what it can tell of what is around it.
import { readHostFacts } from '../../src/host/read-host-facts.ts'

process.stdout.write(JSON.stringify(readHostFacts()))
