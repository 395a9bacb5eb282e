"""What the larger subcommands of `scrapy` do; their options are in `crawler/commands/`."""
