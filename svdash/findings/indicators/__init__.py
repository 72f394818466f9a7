"""Is it getting better, and is the change real? Observations, their series, and the success measures they stand for."""
