/** OpenSSH's own limit (sftp-common.h, SFTP_MAX_MSG_LENGTH). */
export const MAX_SFTP_PACKET = 256 * 1024

export class UnreadableSftpError extends Error {
  readonly code = 'UNREADABLE_SFTP'
  readonly retryable = false
}

/** Cuts one direction of an SFTP stream into packets (draft-ietf-secsh-filexfer-02, section 3). Holds one packet at most. */
export class SftpPackets {
  private readonly length = Buffer.alloc(4)
  private lengthRead = 0
  private packet: Buffer | null = null
  private packetRead = 0;

  /**
   * @returns the packets that these bytes complete, without their length
   * @throws UnreadableSftpError for a packet that is empty or above 256 KiB
   */
  *push(bytes: Buffer): Generator<Buffer> {
    let at = 0
    while (at < bytes.length) {
      at += this.packet === null ? this.takeLength(bytes, at) : this.takePayload(this.packet, bytes, at)
      if (this.packet === null || this.packetRead < this.packet.length) continue
      const complete = this.packet
      this.packet = null
      yield complete
    }
  }

  private takeLength(bytes: Buffer, at: number): number {
    const copied = bytes.copy(this.length, this.lengthRead, at)
    this.lengthRead += copied
    if (this.lengthRead < 4) return copied
    const length = this.length.readUInt32BE(0)
    if (length === 0 || length > MAX_SFTP_PACKET) throw new UnreadableSftpError(`a packet of ${length} bytes`)
    this.packet = Buffer.allocUnsafe(length)
    this.packetRead = 0
    this.lengthRead = 0
    return copied
  }

  private takePayload(packet: Buffer, bytes: Buffer, at: number): number {
    const copied = bytes.copy(packet, this.packetRead, at)
    this.packetRead += copied
    return copied
  }
}
