"""What a production variant runs: the processes of its containers, and the models that they hold."""
