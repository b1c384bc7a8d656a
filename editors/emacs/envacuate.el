;;; envacuate.el --- Secrets of MCP servers in the environment  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: tools, languages
;; URL: https://github.com/envacuate/envacuate
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; Three ways, of which one is enough:
;;
;; `envacuate-eglot-setup'    eglot, which runs one server a buffer
;; `envacuate-lsp-mode-setup' lsp-mode, beside the server of the language
;; `envacuate-flymake-setup'  flymake and no server: for use beside eglot with another server

;;; Code:

(require 'flymake)

(defvar eglot-server-programs)
(defvar eglot-workspace-configuration)
(declare-function eglot-code-actions "eglot")
(declare-function lsp-register-client "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(declare-function lsp-register-custom-settings "lsp-mode")
(declare-function make-lsp-client "lsp-mode")

(defgroup envacuate nil
  "Secrets of MCP servers in the environment."
  :group 'tools)

(defcustom envacuate-program "envacuate"
  "The program, a path or a name on variable `exec-path'."
  :type 'string
  :risky t)

(defcustom envacuate-notes t
  "Whether notes are shown as well."
  :type 'boolean)

(defcustom envacuate-unsafe-fixes t
  "Whether fixes that could take away what a program needs are offered."
  :type 'boolean)

(defconst envacuate-modes
  '(js-mode js-ts-mode js2-mode js-jsx-mode typescript-mode typescript-ts-mode tsx-ts-mode
    python-mode python-ts-mode rust-mode rust-ts-mode
    js-json-mode json-mode json-ts-mode yaml-mode yaml-ts-mode toml-mode toml-ts-mode conf-toml-mode
    dockerfile-mode dockerfile-ts-mode sh-mode bash-ts-mode conf-mode conf-unix-mode dotenv-mode)
  "Modes of the files that are checked.")

(defun envacuate--settings ()
  "The settings as the server takes them."
  (list :notes (if envacuate-notes t :json-false)
        :unsafeFixes (if envacuate-unsafe-fixes t :json-false)))

;;; eglot

;;;###autoload
(defun envacuate-eglot-setup ()
  "Have eglot start envacuate in the modes of `envacuate-modes'.
It takes the place of the server of the language; beside one, use
`envacuate-flymake-setup'."
  (with-eval-after-load 'eglot
    (add-to-list 'eglot-server-programs
                 (cons envacuate-modes
                       (lambda (&rest _)
                         (list envacuate-program "lsp"
                               :initializationOptions (envacuate--settings)))))))

(defun envacuate-eglot-fix-file ()
  "Make all safe fixes in this buffer."
  (interactive)
  (eglot-code-actions (point-min) (point-max) "source.fixAll.envacuate" t))

;;; lsp-mode

;;;###autoload
(defun envacuate-lsp-mode-setup ()
  "Have lsp-mode start envacuate beside the server of the language."
  (with-eval-after-load 'lsp-mode
    (lsp-register-client
     (make-lsp-client
      :new-connection (lsp-stdio-connection (lambda () (list envacuate-program "lsp")))
      :major-modes envacuate-modes
      :add-on? t
      :priority -1
      :initialization-options #'envacuate--settings
      :server-id 'envacuate))))

;;; flymake

(defvar-local envacuate--process nil
  "The check of this buffer that runs.")

(defconst envacuate--line
  "^[^\n]*:\\([0-9]+\\):\\([0-9]+\\): \\(error\\|warning\\|note\\)\\[\\([a-z0-9-]+\\)\\] \\(.*\\)$"
  "A finding of `--format concise', which names the file first.")

(defun envacuate--diagnostics (source)
  "Read this buffer, the output of a check of the buffer SOURCE."
  (goto-char (point-min))
  (let (found)
    (while (re-search-forward envacuate--line nil t)
      (let* ((line (string-to-number (match-string 1)))
             (column (string-to-number (match-string 2)))
             (type (pcase (match-string 3) ("error" :error) ("warning" :warning) (_ :note)))
             (text (format "%s [%s]" (match-string 5) (match-string 4)))
             (region (with-current-buffer source
                       (save-excursion
                         (save-restriction
                           (widen)
                           (goto-char (point-min))
                           (forward-line (1- line))
                           (let ((start (min (+ (point) (1- column)) (line-end-position))))
                             (goto-char start)
                             (cons start (max (min (1+ start) (point-max))
                                              (progn (skip-syntax-forward "w_.") (point))))))))))
        (push (flymake-make-diagnostic source (car region) (cdr region) type text) found)))
    (nreverse found)))

(defun envacuate-flymake (report &rest _)
  "Check this buffer as it is, and give what is found to REPORT."
  (unless (executable-find envacuate-program)
    (error "No program `%s': install envacuate, or set `envacuate-program'" envacuate-program))
  (when (process-live-p envacuate--process) (kill-process envacuate--process))
  (let* ((source (current-buffer))
         (name (file-name-nondirectory (or buffer-file-name (buffer-name))))
         (words (append (list envacuate-program "check" "-" "--stdin-filename" name
                              "--format" "concise" "--quiet" "--color" "never")
                        (and envacuate-notes '("--notes")))))
    (setq envacuate--process
          (make-process
           :name "envacuate" :noquery t :connection-type 'pipe
           :buffer (generate-new-buffer " *envacuate*")
           :stderr (get-buffer-create " *envacuate errors*" t)
           :command words
           :sentinel
           (lambda (process _)
             (when (memq (process-status process) '(exit signal))
               (unwind-protect
                   (when (and (buffer-live-p source)
                              (eq process (buffer-local-value 'envacuate--process source)))
                     (with-current-buffer (process-buffer process)
                       (if (memq (process-exit-status process) '(0 1))
                           (funcall report (envacuate--diagnostics source))
                         (funcall report :panic :explanation "envacuate could not check it"))))
                 (kill-buffer (process-buffer process)))))))
    (save-restriction
      (widen)
      (process-send-region envacuate--process (point-min) (point-max)))
    (process-send-eof envacuate--process)))

;;;###autoload
(defun envacuate-flymake-setup ()
  "Check this buffer by flymake, without a server; for hooks of modes."
  (add-hook 'flymake-diagnostic-functions #'envacuate-flymake nil t))

(provide 'envacuate)
;;; envacuate.el ends here
