export { DirectoryInUseError, lockDirectory } from './spool/directory-lock.ts'
