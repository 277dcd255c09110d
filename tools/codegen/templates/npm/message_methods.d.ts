  /**
   * Returns the message with other topic, qos or payload; what is not given stays as it is.
   *
   * @throws {RangeError} for a topic or qos that cannot be published
   * @throws {TypeError} for a topic or payload of a wrong type
   * @throws {InvalidOptionError} where something else is to be changed
   */
  replace<const Topic extends string = string>(changes: MessageChanges<Topic>): Message
  /** Returns the message as one that does not reach its subscribers. */
  block(): Message
  #private
