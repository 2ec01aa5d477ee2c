// Seals a directory, reads and exports it, and says how much memory that took at most, in MiB: HOME SOURCE
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openHome } from './crash-work.ts'

const [home, source] = process.argv.slice(2) as [string, string]
const vault = await openHome(home)
const ref = await vault.sealFrom(source, { name: 'digits', version: '1.0.0' })
const reader = await vault.openReader(ref)
for (const file of reader.files) {
  for await (const _ of file.stream());
  await file.read(file.size >> 1, file.size - (file.size >> 1) > 1 ? 65_536 : 0)
}
await reader.close()
await vault.export(ref, join(home, 'clear'))
// getrusage(2) counts what the parent had when it forked; this is of this program alone.
const highest = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
process.stdout.write(String(Number(highest) / 1024))
