;;; emacs.el --- what somebody does who uses eglot  -*- lexical-binding: t; -*-

;;; Commentary:

;; Works on two files and writes what came of it to told.json.  Exits with 77 where there is no eglot.

;;; Code:

(unless (require 'eglot nil t) (kill-emacs 77))
(require 'cl-lib)
(require 'json)
(add-to-list 'load-path (getenv "SHIPPED"))
(require 'envacuate)

(defconst test-long (string-to-number (getenv "LONG")))
(defvar test-told nil)

(defun test-text () (buffer-substring-no-properties (point-min) (point-max)))

(defun test-wait (what is)
  "Wait until IS gives something, and give that; WHAT is waited for."
  (let ((end (+ (float-time) test-long)) found)
    (while (not (setq found (funcall is)))
      (when (> (float-time) end)
        (error "Waited in vain: %s; %S" what (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))
      (accept-process-output nil 0.05))
    found))

(defun test-told (name value) (push (cons name value) test-told))

(defun test-count (number)
  "Wait until there are NUMBER dumps, after what was typed has been told."
  (eglot--signal-textDocument/didChange)
  (test-wait (format "%d findings" number)
             (lambda ()
               (let ((all (cl-remove-if-not
                           (lambda (one) (string-match-p "env-dump\\|whole environment" (flymake-diagnostic-text one)))
                           (flymake-diagnostics))))
                 (and (= (length all) number) (or all t))))))

(defun test-open (name)
  (find-file name)
  (unless (eglot-managed-p)
    (if (eglot-current-server) (eglot--maybe-activate-editing-mode)
      (apply #'eglot--connect (eglot--guess-contact))))
  (test-wait "eglot" #'eglot-managed-p)
  (flymake-mode 1)
  (flymake-start))

(let ((debug-on-error t)
      (eglot-sync-connect test-long)
      (eglot-autoshutdown nil)
      ;; Else it takes nobody's choice for one by mouse.
      (last-nonmenu-event ?a)
      ;; Asks when an edit would change a file that is open nowhere; nobody is there to answer.
      (eglot-confirm-server-initiated-edits nil))
  (envacuate-eglot-setup)
  (test-open "server.js")
  (let* ((one (car (test-count 1)))
         (begin (flymake-diagnostic-beg one))
         (end (flymake-diagnostic-end one)))
    (test-told 'said (flymake-diagnostic-text one))
    (test-told 'under (buffer-substring-no-properties begin end))
    (undo-boundary)
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt choices &rest _)
                 (or (cl-find-if (lambda (title) (string-prefix-p "Write only the names" title))
                                 (all-completions "" choices))
                     (error "No such action: %S" choices)))))
      (eglot-code-actions begin end nil t))
    (test-told 'fixed (test-text))
    (test-count 0)
    (undo-boundary)
    (let ((last-command nil)) (undo-only))
    (test-told 'undone (test-text))
    (test-count 1))
  (test-open "two.js")
  (test-count 2)
  (envacuate-eglot-fix-file)
  (test-told 'all (test-text))
  (test-count 0)
  (eglot-shutdown (eglot-current-server) nil test-long)
  (with-temp-file (expand-file-name "told.json" default-directory)
    (insert (json-encode test-told))))

;;; emacs.el ends here
