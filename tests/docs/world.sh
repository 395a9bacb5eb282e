# What is in the folder that the docs' commands are run in, made by commands of copydesk itself.
# `pages/` and what else is no more than a file is there already, see tests/doc_world.py.
set -e

run=20261124T162153Z-66cfc3    # as in docs/report.md
said=$(
    exec 2>&1
    scrapy crawl news -a site=other.example
    scrapy crawl news -a sites=newsroom-sites
    scrapy crawl news -a site=example.org -s COPYDESK_RUN_ID=$run
    scrapy crawl news -a site=example.org -a revisit=all
    scrapy crawl news -a sites=wire-sites -s COPYDESK_OUTPUT=elsewhere -s COPYDESK_RUN_ID=wire
) || { printf '%s\n' "$said"; exit 1; }

mkdir archive old
cp elsewhere/archive/wire-00001.warc.gz crawl.warc.gz
cp crawl.warc.gz crawl-1.warc.gz
cp crawl.warc.gz archive
cp output/ledger.sqlite old

scrapy read --site example.org -o articles.jsonl
head -n 3 articles.jsonl > monday.jsonl
tail -n 3 articles.jsonl | gzip > tuesday.jsonl.gz
cp articles.jsonl theirs.jsonl
cp monday.jsonl machine-1.jsonl
cp articles.jsonl machine-2.jsonl
