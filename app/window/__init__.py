"""The window: what a musician sees and touches. It plays through `engine.live.client` and opens no device itself."""
