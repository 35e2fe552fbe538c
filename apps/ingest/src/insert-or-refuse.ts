import { EventInsertError } from '@hoptrace/store'

/**
 * Codes of ClickHouse that say of a row that it cannot be stored as it is, whenever it is tried: text that is no value of
 * its column, a value out of range, a constraint. Everything else (no memory, no table, no right, no answer) may pass.
 * Source: ErrorCodes.cpp of ClickHouse, where the names stand that are given here.
 */
const FAULTS_OF_A_ROW: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  25, // CANNOT_PARSE_ESCAPE_SEQUENCE
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  130, // CANNOT_READ_ARRAY_FROM_TEXT
  131, // TOO_LARGE_STRING_SIZE
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  376, // CANNOT_PARSE_UUID
  407, // DECIMAL_OVERFLOW
  467, // CANNOT_PARSE_BOOL
  469, // VIOLATED_CONSTRAINT
])

/** Did the store refuse what was inserted, rather than fail to take anything? */
export function isFaultOfARow(error: unknown): boolean {
  return error instanceof EventInsertError && error.engineCode !== null && FAULTS_OF_A_ROW.has(error.engineCode)
}

/**
 * Inserts everything that the store takes. An insert is refused whole for one bad row: its halves are tried by themselves,
 * down to the row. O(k log n) inserts for k bad rows of n; a row may be inserted more than once, which changes nothing.
 * @returns what the store refused
 * @throws whatever `insert` throws for another reason than its rows
 */
export async function insertOrRefuse<T>(entries: readonly T[], insert: (entries: readonly T[]) => Promise<void>): Promise<readonly T[]> {
  if (entries.length === 0) return []
  try {
    await insert(entries)
    return []
  } catch (error) {
    if (!isFaultOfARow(error)) throw error
  }
  if (entries.length === 1) return entries
  const middle = entries.length >> 1
  const first = await insertOrRefuse(entries.slice(0, middle), insert)
  return [...first, ...(await insertOrRefuse(entries.slice(middle), insert))]
}
