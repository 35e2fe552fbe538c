export { type PackageOptions, packageOf } from './package.ts'
export { type AskedFor, folderOf, type Requester, type Scope } from './scope.ts'
export { scopeOf } from './scope-of.ts'
