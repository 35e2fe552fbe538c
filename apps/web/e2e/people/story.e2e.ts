import type { Person } from './person.e2e.ts'

/** What the claims need to know of what was recorded, and of who is known. */
export type PeopleStory = {
  /** A SQL session whose statement has an answer with `secret` in row 0 of the column `password`. */
  sqlSessionId: string
  statementSeq: number
  /** A terminal session that printed `secret`. */
  terminalSessionId: string
  secret: string
  /** A statement that came in pieces. */
  long: { sessionId: string; statementSeq: number; text: string }
  /** A session with two events under seq 0. */
  forgedSessionId: string
  /** One that retention deleted: 12 events. */
  expiredSessionId: string
  /** A gateway that was not heard for a while. */
  silentGateway: string
}

/** @param arrive brings somebody who is not signed in; user names are those of the provider */
export type PeopleClaim = { name: string; run: (arrive: () => Promise<Person>, story: PeopleStory) => Promise<void> }

/** The address of the cell that holds the secret. */
export const placeOf = ({ sqlSessionId, statementSeq }: PeopleStory) => `/sessions/${sqlSessionId}?seq=${statementSeq}&row=0&col=password`
