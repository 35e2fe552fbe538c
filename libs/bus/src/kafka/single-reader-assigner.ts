import { AssignerProtocol, type PartitionAssigner } from 'kafkajs'

const NAME = 'hoptrace-single-reader'
const VERSION = 0

/** Gives every partition to one member of the group; the others stand by. For work that must not be done twice at once. */
export const singleReaderAssigner: PartitionAssigner = ({ cluster }) => ({
  name: NAME,
  version: VERSION,
  async assign({ members, topics }) {
    const [reader] = members.map(({ memberId }) => memberId).sort()
    if (reader === undefined) return []
    const partitionsOf = (topic: string) => cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)
    const assignment = Object.fromEntries(topics.map((topic) => [topic, partitionsOf(topic)]))
    const userData = Buffer.alloc(0)
    return [{ memberId: reader, memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: VERSION, assignment, userData }) }]
  },
  protocol({ topics }) {
    const userData = Buffer.alloc(0)
    return { name: NAME, metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData }) }
  },
})
