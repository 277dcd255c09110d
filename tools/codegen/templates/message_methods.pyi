    def replace(
        self,
        *,
        topic: str | None = None,
        qos: int | None = None,
        payload: bytes | bytearray | memoryview | None = None,
    ) -> Message:
        """The message with other topic, QoS or payload; what is not given stays as it is.

        Raises ValueError for a topic or QoS that cannot be published.
        """
    def block(self) -> Message:
        """The message as one that does not reach its subscribers."""
