import type { DependencyReader } from './dependency.ts'
import { condaEnvironment, condaExplicit, condaLock } from './readers/conda.ts'
import { packageJson } from './readers/package-json.ts'
import { packageLock } from './readers/package-lock.ts'
import { pipfileLock } from './readers/pipfile-lock.ts'
import { pnpmLock } from './readers/pnpm-lock.ts'
import { pythonLocks } from './readers/python-locks.ts'
import { requirements } from './readers/requirements.ts'
import { yarnLock } from './readers/yarn-lock.ts'

/** Every reader; the first that knows the name of a file reads it. */
export const dependencyReaders: readonly DependencyReader[] = [
  packageLock,
  pnpmLock,
  yarnLock,
  packageJson,
  pipfileLock,
  ...pythonLocks,
  condaLock,
  condaEnvironment,
  condaExplicit,
  requirements,
]
